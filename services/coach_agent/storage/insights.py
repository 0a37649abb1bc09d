"""The tables ``insight`` and ``evaluation``: what was advised, and what runners thought of it, sealed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import asyncpg
import orjson

from services.coach_agent.domain.facts import Mark
from services.coach_agent.domain.fitness.models import Light
from services.coach_agent.domain.insights.models import Evaluation, Insight, Reason, Subject, Verdict
from services.coach_agent.storage.reply_document import fact_of
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Database

_EVALUATION = "evaluation_id, user_id, insight_id, subject, rule, verdict, text_sealed, evaluated_at"


class PostgresInsightStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def keep(self, user_id: uuid.UUID, insight: Insight) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, user_id)
            await connection.execute(
                "INSERT INTO insight (user_id, insight_id, day, rule, document_sealed, made_at)"
                " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, insight_id) DO NOTHING",
                user_id, insight.insight_id, insight.day, insight.rule,
                cipher.encrypt(orjson.dumps(insight, default=str).decode()), insight.made_at,
            )  # fmt: skip

    async def on(self, user_id: uuid.UUID, day: dt.date) -> Insight | None:
        return await self._one(user_id, "day = $2 ORDER BY made_at DESC LIMIT 1", day)

    async def get(self, user_id: uuid.UUID, insight_id: uuid.UUID) -> Insight | None:
        return await self._one(user_id, "insight_id = $2", insight_id)

    async def _one(self, user_id: uuid.UUID, condition: str, value: object) -> Insight | None:
        async with self._database.connection() as connection:
            sealed = await connection.fetchval(
                f"SELECT document_sealed FROM insight WHERE user_id = $1 AND {condition}", user_id, value
            )
            if sealed is None:
                return None
            cipher = await self._cipher.for_user(connection, user_id)
        return _insight(cipher.decrypt(sealed))


class PostgresEvaluationStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def keep(self, evaluation: Evaluation) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, evaluation.user_id)
            sealed = None if evaluation.text is None else cipher.encrypt(evaluation.text)
            await connection.execute(
                f"INSERT INTO evaluation ({_EVALUATION}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                " ON CONFLICT (user_id, insight_id) DO UPDATE SET evaluation_id = excluded.evaluation_id,"
                " verdict = excluded.verdict, text_sealed = excluded.text_sealed,"
                " evaluated_at = excluded.evaluated_at",
                evaluation.evaluation_id, evaluation.user_id, evaluation.insight_id, evaluation.subject,
                evaluation.rule, evaluation.verdict, sealed, evaluation.evaluated_at,
            )  # fmt: skip

    async def page(
        self, *, verdict: Verdict | None, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[Evaluation], uuid.UUID | None]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_EVALUATION} FROM evaluation WHERE ($1::text IS NULL OR verdict = $1)"
                " AND ($2::uuid IS NULL OR evaluation_id < $2) ORDER BY evaluation_id DESC LIMIT $3",
                verdict, before, limit + 1,
            )  # fmt: skip
            found = [_evaluation(row, await self._cipher.for_user(connection, row["user_id"])) for row in rows[:limit]]
        return found, found[-1].evaluation_id if len(rows) > limit else None


def _insight(document: str) -> Insight:
    stored = orjson.loads(document)
    return Insight(
        **{
            **stored,
            "insight_id": uuid.UUID(stored["insight_id"]),
            "day": dt.date.fromisoformat(stored["day"]),
            "reasons": tuple(Reason(**reason) for reason in stored["reasons"]),
            "facts": tuple(fact_of(fact) for fact in stored["facts"]),
            "marks": tuple(Mark(**mark) for mark in stored["marks"]),
            "workout_id": None if stored["workout_id"] is None else uuid.UUID(stored["workout_id"]),
            "light": Light(stored["light"]),
            "made_at": dt.datetime.fromisoformat(stored["made_at"]),
        }
    )


def _evaluation(row: asyncpg.Record, cipher: UserCipher) -> Evaluation:
    return Evaluation(
        evaluation_id=row["evaluation_id"],
        user_id=row["user_id"],
        insight_id=row["insight_id"],
        subject=Subject(row["subject"]),
        rule=row["rule"],
        verdict=Verdict(row["verdict"]),
        text=None if row["text_sealed"] is None else cipher.decrypt(row["text_sealed"]),
        evaluated_at=row["evaluated_at"],
    )
