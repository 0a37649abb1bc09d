"""The words that a model may use: plain ones of English and of running, and those of the rules' own sentences.

A list of what is forbidden has no end: other languages, look-alike letters, illnesses, weather, races and people that
never were. So it is the other way round. Words that name an event, a place, a body part, an illness or a quantity are
not here; where the rules speak of such a thing, their sentences bring the word along.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from services.coach_agent.domain.facts import Fact
from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.sentences import without_slots

_WORD = re.compile(r"[^\W\d_]+")
_PART_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
# What is left behind an apostrophe.
_CONTRACTED = re.compile(r"(?<=[a-z])['\u2019](?:s|t|re|ll|ve|d|m)\b")

# Used as they stand.
_FIXED = frozenset(
    """
    a an the this that these those it its itself you your yours yourself we our us i me my they them their and or
    but nor so yet if then than because since while whereas although though unless until as when whenever where
    wherever why how what which who whose whether of to in on at by for with without from into onto over under
    above below between among through throughout during before after behind beyond within inside outside across
    along around near against toward towards up down off out upon beside besides despite per via amid is are was
    were be been being has have had having do does did doing can could will would shall should may might must not
    no never none nothing something anything any some every each all both either neither other another others such
    same one ones here there now today tomorrow yesterday tonight soon later next last latest previous previously
    ago already still again always ever often sometimes usually recently lately once too very quite rather fairly
    pretty just only even also almost nearly about roughly well much more most less least enough far further
    farther away back forward ahead apart together instead perhaps maybe likely yes please isn aren wasn weren don
    doesn didn hasn haven hadn won wouldn couldn shouldn ran began begun held kept let went gone came took taken
    made left felt found given gave got put said saw seen shown told thought built led lay lain meant rose risen
    fell fallen spent stood sat set sped grew grown drew drawn slid crept lost first second third half halves
    quarter quarters monday tuesday wednesday thursday friday saturday sunday january february march april june
    july august september october november december bpm hr maximum minutes lighter stop walk eat drink sleep rest
    sip doctor earlier easier harder faster slower longer shorter better worse best worst higher lower steadier
    calmer longest shortest fastest slowest highest lowest easiest hardest
    """.split()  # noqa: SIM905 - one string for each word would not be read by anybody
)  # fmt: skip
# Used in each form: "hold", "holds", "holding".
_STEMS = frozenset(
    """
    able accept accumulate achieve act adapt add adjust advice aerobic affordable aim allow alone answer appear
    approach ask asset attention average avoid aware balance base bear beat become begin behave belong benefit big
    bit blend bottom brake break breath breathe brief bright bring broad build burst buy cadence calculate call
    calm care careful carry case catch cause ceiling certain challenge change check choice choose clear climb close
    coach combine come comfort comfortable common compare complete concern confident confirm consider consistent
    constant contain continue control conversation conversational cool core correct cost costly count course cover
    creep cruise cue current curve cut day dear decide decision decline decoupling deep degree deliver demand
    depend depth describe detail develop difference different difficult direct direction discipline distance drift
    drive drop due durability duration early ease easy economical economy edge effect effective efficiency
    efficient effort elevation else emphasis end endurance energy enjoy ensure especially evenly eventually exact
    example exceed expect expensive explain extend extra fact factor fade fair fall familiar fast fatigue feel
    feeling figure fill final find fine finish firm fit fitness fix flat flow focus follow form foundation free
    frequent fresh freshness front gain gather general gentle get give glance go goal good grade gradual great
    ground grow guide habit handle happen hard hardly hear heart heartbeat heavy help high hill hint hold honest
    hope huge idea ideal improve include increase indeed individual intend intense intensity interest judge jump
    keep key kind know labor labour land large late lead lean learn leg legs lend length level lever lie like limit
    limiter line little load long look loose lose low main maintain make manage manageable margin match matter mean
    meaning measure meet mere middle mild mind minimum mix moderate modest moment monotony month move natural need
    negative new newest nice normal note notice obvious occur offer open opening opposite option order ordinary
    otherwise overall overdo own pace part particular pass path patience patient pattern pause pay peak perform
    performance period persist pick picture place plain plan play plenty point portion position positive possible
    potential power practical practice prefer prepare present press pressure prevent price primary principle
    probably proceed produce profile progress promise proof protect prove provide pull pulse purpose push quality
    question quick quiet raise range rate ratio reach react read ready real realistic really reason recent
    recommend record recover recovery reduce reflect regular relate relative relax relaxed reliable remain remember
    remind repeat repetition require reserve resist respect respond response responsible restore restrain restraint
    result resume retain return reveal reward rhythm rich right rise room route routine run runner sample save say
    see seem sense separate session settle shade shape share sharp shift short show side sign signal similar simple
    simply sit size slide slight slightly slip slow small smooth soft solid sort sound spare speak specific speed
    spend split spread stable stage stand start state stay steady step stick stiff stimulus story straight strain
    strategy strength stress stretch strict strong structure style succeed suggest suit suitable summary support
    sure surge surprise sustain sustainable sweet take talk target task tell temperature tempo tend terrain test
    thing think threshold tidy tie tight time tip tire tired tone top total touch tough trace track train training
    transition trend trick true trust try turn turnover type typical understand uneven unit unusual upper urge use
    useful usual value variation vary version view visible volume wait want warm warmth waste watch way weak week
    wide wise wish withhold word work workout worth year yield
    """.split()  # noqa: SIM905 - one string for each word would not be read by anybody
)  # fmt: skip


def vocabulary_of(words: str, found: Iterable[Fact], ground: Ground) -> Iterator[Rejection]:
    """What of ``words`` is neither plain nor said by the rules or by the names of the facts in the sentence."""
    said = _said(ground.support)
    for fact in found:
        said |= {one.lower() for one in _PART_OF_NAME.findall(fact.label)}
    unknown = [word for word in _WORD.findall(_CONTRACTED.sub(" ", words.casefold())) if not _is_known(word, said)]
    if unknown:
        listed = ", ".join(f'"{word}"' for word in dict.fromkeys(unknown))
        yield Rejection(RejectionKind.LANGUAGE, f"Use plain English words of running; leave out {listed}.")


@cache
def _said(support: tuple[str, ...]) -> frozenset[str]:
    return frozenset(form for text in support for word in _WORD.findall(without_slots(text)) for form in forms(word))


def _is_known(word: str, said: frozenset[str]) -> bool:
    if word in _FIXED:
        return True
    return any(form in _STEMS or form in said for form in forms(word))


@cache
def forms(word: str) -> frozenset[str]:
    """The word, and what it may be a form of: "running" is of "run", "easily" of "easy"."""
    word = word.casefold()
    found = {word}
    for ending in ("s", "es", "ed", "d", "ing", "ly", "er", "r", "est"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            found |= {stem, stem + "e"}
            if len(stem) > 2 and stem[-1] == stem[-2]:
                found.add(stem[:-1])
            if ending == "ly":
                found |= {stem + "le", stem.removesuffix("al")}
            if stem.endswith("i"):
                found.add(stem[:-1] + "y")
    return frozenset(found)
