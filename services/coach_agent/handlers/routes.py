"""THE table of coach_agent: who may call what."""

from __future__ import annotations

from services.coach_agent.domain.errors import NoData
from services.coach_agent.handlers import bodies
from services.coach_agent.handlers.analysis_body import AnalysisAnswer, AnalysisQuery
from services.coach_agent.handlers.charting import MEDIA_TYPES, ChartHandlers
from services.coach_agent.handlers.chatting import ChatHandlers, as_accepted
from services.coach_agent.handlers.coaching import CoachingHandlers
from services.coach_agent.handlers.internal import InternalHandlers
from shared.errors import Conflict, Kind, NotFound, UnsupportedMediaType
from shared.events import DELIVERY_PATH, GROUP_PATH, Event, EventGroup
from shared.http.event_stream import EVENT_STREAM
from shared.http.routing import Access, Route


def routes(
    coaching: CoachingHandlers, chatting: ChatHandlers, charting: ChartHandlers, internal: InternalHandlers
) -> list[Route]:
    return [
        Route(
            method="GET", path="/api/v1/athlete", handler=coaching.show_athlete, access=Access.USER, tag="Athlete",
            returns=bodies.AthleteAnswer,
        ),
        Route(
            method="PATCH", path="/api/v1/athlete", handler=coaching.change_athlete, access=Access.USER, tag="Athlete",
            body=bodies.AthleteBody, returns=bodies.AthleteAnswer,
        ),
        Route(
            method="GET", path="/api/v1/activities/{activity_id}/analysis", handler=coaching.analyse_activity,
            access=Access.USER, tag="Coach", query=AnalysisQuery, returns=AnalysisAnswer, errors=(NotFound,),
        ),
        Route(
            method="POST", path="/api/v1/chat", handler=chatting.ask, access=Access.USER, tag="Coach",
            body=bodies.QuestionBody, returns=bodies.ExchangeAnswer, errors=(Conflict, NoData, NotFound),
            relayed=(("SUBSCRIPTION_QUERY_LIMIT", Kind.RATE_LIMITED), ("SUBSCRIPTION_PLAN_LIMIT", Kind.FORBIDDEN)),
            media_types=("application/json", EVENT_STREAM), present=as_accepted,
        ),
        Route(
            method="GET", path="/api/v1/conversations", handler=chatting.list_conversations, access=Access.USER,
            tag="Coach", query=bodies.PageQuery, returns=bodies.ConversationList,
        ),
        Route(
            method="GET", path="/api/v1/conversations/{conversation_id}", handler=chatting.show_conversation,
            access=Access.USER, tag="Coach", returns=bodies.ConversationAnswer, errors=(NotFound,),
        ),
        Route(
            method="DELETE", path="/api/v1/conversations/{conversation_id}", handler=chatting.delete_conversation,
            access=Access.USER, tag="Coach", status=204, errors=(NotFound,),
        ),
        Route(
            method="GET", path="/api/v1/charts/{chart_id}", handler=charting.show_chart, access=Access.USER,
            tag="Coach", query=bodies.ChartQuery, media_types=MEDIA_TYPES, errors=(NotFound, UnsupportedMediaType),
        ),
        Route(
            method="POST", path=DELIVERY_PATH, handler=internal.receive_event, access=Access.SERVICE,
            issuers=frozenset({"garmin_ingest"}), body=Event, status=204, replayable=False,
        ),
        Route(
            method="POST", path=GROUP_PATH, handler=internal.receive_event_group, access=Access.SERVICE,
            issuers=frozenset({"garmin_ingest"}), body=EventGroup, status=204, replayable=False,
        ),
    ]  # fmt: skip
