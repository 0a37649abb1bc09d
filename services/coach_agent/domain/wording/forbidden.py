"""What no text of a coach may say: diagnoses and medication, praise for nothing, and activities that never were."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.topics import pattern

_MEDICAL = re.compile(
    r"\bdiagnos\w+|\bmedic(?:ation|ations|ine|ines|ate|ated)\b|\bprescri\w+|\bdos(?:e|es|age|ing)\b|\bpills?\b|\btablets?\b"
    r"|\b(?:ibuprofen|aspirin|paracetamol|acetaminophen|naproxen|diclofenac|tylenol|advil|nsaids?|pain ?killers?"
    r"|antibiotics?|steroids?|cortisone|statins?|beta[- ]?blockers?|antidepressants?|opioids?|morphine|codeine|insulin"
    r"|inhalers?|salbutamol|epo|melatonin|anti-?inflammator\w+)\b"
    r"|\b(?:arrhythmia|tachycardia|bradycardia|fibrillation|myocarditis|cardiomyopathy|hypertension|hypotension|angina"
    r"|heart (?:disease|attack|failure|condition|problem|murmur)|stroke"
    r"|ana?emi[ac]\w*|iron deficien\w+|diabet\w+|asthma"
    r"|thyroid\w*|infection|covid|pneumonia|bronchitis|concussion|disease|disorder|syndrome|overtraining syndrome"
    r"|red-s|stress (?:fracture|reaction)s?|fractur\w+|tend[io]n[io]?(?:tis|pathy|osis)|fasciitis"
    r"|tendinitis|shin splints?"
    r"|bursitis|arthritis|sciatica|hernia\w*|torn|tear of|rupture\w*|sprain\w*|rhabdo\w*|depression|clot|thrombosis)\b"
    r"|\b(?:you (?:may |might |probably |likely |could )?(?:have|are suffering|suffer)|signs? of|symptoms? of|caused by"
    r"|indicat\w+ of|consistent with) (?:an? |the )?(?:\w+ )?(?:injury|illness|condition|inflammation"
    r"|deficiency|virus)\b"
    r"|\b(?:ignore|run through|push through|train through) (?:the |your |this |any )?"
    r"(?:\w+ )?(?:pain|injury|symptoms?)\b"
    r"|\bno need (?:for|to see) (?:a )?doctor\b|\bcure[sd]?\b|\btreatments?\b|\btherap\w+",
    re.IGNORECASE,
)
# A doctor is somebody to go to, whatever the reason.
_DOCTOR = re.compile(
    r"\b(?:no|not|never|without|skip\w*|avoid\w*|need\w*|instead of|rather than|\w+n['\u2019]t)\b[^.;]*"
    r"\b(?:doctor|physician)\b|\bdoctor\b[^.;]*\b(?:no|not|never)\b",
    re.IGNORECASE,
)
_HARMFUL = re.compile(
    r"\b(?:not|never|no|without|skip\w*|\w+n['\u2019]t)\b[^.;,:]{0,12}\b(?:eat|drink|rest|sleep|stop|recover\w*)\b"
    r"|\b(?:run|running|push|train|training|go|carry on|press on) through (?:it|that|this|them|all)\b",
    re.IGNORECASE,
)
_HEART = re.compile(r"\bhearts?\b(?![- ]rates?\b)", re.IGNORECASE)
# The title of the first of a run's four lines is no diagnosis of a body.
_TITLE = re.compile(r"^\s*(?:- )?Session diagnosis:", re.IGNORECASE)
_PRAISE = re.compile(
    r"\b(?:great|excellent|amazing|awesome|fantastic|brilliant|superb|outstanding|incredible|impressive\w*|wonderful"
    r"|perfect\w*|terrific|phenomenal|magnificent|well done|good job|nice (?:work|job|one|run)|kudos|congrat\w+|bravo"
    r"|proud|nailed|crushed|smashed|stellar|beautiful\w*|remarkabl\w+|exceptional\w*|solid|strong)\b",
    re.IGNORECASE,
)
_CIRCUMSTANCES = {
    "cycling": r"rides?|rode|ridden|bik(?:e|es|ed|ing)|cycl(?:ed|ing|ist)|peloton|spin class",
    "swimming": r"swim\w*|swam|swum|pool|open water",
    "other": r"hik(?:e|ed|es|ing)|rowing|rowed|ski(?:ed|ing)?|gym|yoga|pilates|weights?|lifting|football|soccer|tennis"
    r"|triathlon|duathlon|crossfit",
    "a race": r"race[sd]?|racing|(?:half |ultra)?marathons?|parkrun|podium|medal|finish line",
    "weather": r"rain\w*|snow\w*|wind[sy]?|storm\w*|humid\w*|icy?|sunny|heat\w*|hot|cold",
    "a state": r"you (?:slept|had slept|were (?:tired|stressed|dehydrated|ill|sick|injured|hungover))|your (?:sleep"
    r"|stress|injury|illness|diet|weight)|(?:did not|didn't|have not|haven't|has not|hasn't)"
    r" (?:run|train|race|rest|recover)\w*",
}


def forbidden_in(words: str, ground: Ground, *, has_fact: bool) -> Iterator[Rejection]:
    """``words`` is the sentence without its slots; ``has_fact`` whether it had any."""
    if (match := _MEDICAL.search(_TITLE.sub("", words))) is not None:
        yield Rejection(
            RejectionKind.MEDICAL,
            f'No diagnosis, no medication, no treatment: leave out "{match[0]}". You may send to a doctor.',
        )
    if match := _HARMFUL.search(words):
        yield Rejection(RejectionKind.MEDICAL, f'Never advise "{match[0]}".')
    if _DOCTOR.search(words) or _HEART.search(words):
        yield Rejection(RejectionKind.MEDICAL, "Say nothing of the heart but its rate, and only send to a doctor.")
    if not has_fact and (match := _PRAISE.search(words)) is not None:
        yield Rejection(RejectionKind.PRAISE, f'No praise without a fact in the same sentence: "{match[0]}".')
    for happened in _CIRCUMSTANCES.values():
        match = pattern(happened).search(words)
        if match is not None and not any(pattern(happened).search(said) for said in ground.support):
            yield Rejection(RejectionKind.ACTIVITY, f'Nothing is known of "{match[0]}"; leave it out.')
