"""The terms of training that the coach explains: what they mean here, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """``names`` is a pattern of mended words, ``title`` opens the answer.

    ``text`` has slots for ``numbers``, each (label, value, unit, text). ``read`` says what to make of it, ``origin``
    whose definition it is; both may hold slots too.
    """

    key: str
    names: str
    title: str
    text: str
    read: str
    origin: str
    numbers: tuple[tuple[str, float, str, str], ...] = ()


_FITNESS_DAYS = (("fitnessDays", 42, "d", "42 days"), ("fatigueDays", 7, "d", "7 days"))

TERMS: tuple[Term, ...] = (
    Term(
        "acuteChronic", r"acute\w*|acwr|chronic load|workload ratio", "Acute:chronic ratio",
        "It sets the mean daily load of the last {acuteDays} against that of the last {chronicDays}: near "
            "{even} you do "
        "what you are used to, well above it you do much more.",
        "Read it as a sign that load is jumping, not as a forecast of injury; above {high} the coach turns "
            "the next hard "
        "session easy.",
        "Its exponentially weighted form is that of Williams and colleagues ({year}).",
        (("acuteDays", 7, "d", "7 days"), ("chronicDays", 28, "d", "28 days"), ("even", 1.0, "ratio", "1.0"),
         ("high", 1.5, "ratio", "1.5"), ("year", 2017, "year", "2017")),
    ),
    Term(
        "decoupling", r"(aerobic )?de ?coupling|((cardiac|aerobic|heart rate) )?drift", "Aerobic decoupling",
        "It compares speed per heartbeat in the first half of a steady run with the second half, after the "
            "first {skip}. "
        "When heart rate climbs while pace holds, speed and heart rate come apart.",
        "Below {limit} the run was within your endurance; well above it the run was long, hot or fast for "
            "you. It is not "
        "given for runs under {shortest} or for intervals.",
        "The measure and the yardstick are Joe Friel's.",
        (("skip", 600, "s", "10 minutes"), ("limit", 5, "%", "5 %"), ("shortest", 1800, "s", "30 minutes")),
    ),
    Term(
        "efficiencyFactor", r"efficiency( factor)?|running economy|ef", "Efficiency factor",
        "It is grade-adjusted speed in metres a minute divided by mean heart rate: the ground that one heartbeat buys.",
        "Compare it between like runs only. When it rises over weeks at the same easy effort, you are getting fitter.",
        "The measure is Joe Friel's.",
    ),
    Term(
        "gradeAdjustedPace", r"grade adjusted( pace)?|gap|adjusted pace|hill adjusted", "Grade-adjusted pace",
        "It is the pace on flat ground that would have cost as much energy as the hills did.",
        ("Use it to compare a hilly run with a flat one; uphill it is faster than your watch says, on gentle "
            "downhill slower."),
        "The cost of running on a slope is from Minetti and colleagues ({year}).",
        (("year", 2002, "year", "2002"),),
    ),
    Term(
        "trimp", r"trimps?|training impulse", "TRIMP",
        "The training impulse multiplies each minute by how high heart rate stood within your reserve, with "
            "a weight that "
        "grows steeply towards the maximum.",
        "It is raw and depends on your own heart rates; load puts it on a scale that can be compared.",
        "It is Banister's ({year}).",
        (("year", 1991, "year", "1991"),),
    ),
    Term(
        "monotony", r"monotony|monotonous", "Monotony",
        "It is the mean of a week's daily load divided by how much the days differ.",
        "High monotony means that every day is much the same; a mix of easy, hard and free days keeps it low.",
        "It is Foster's ({year}).",
        (("year", 1998, "year", "1998"),),
    ),
    Term(
        "strain", r"strain", "Strain",
        "It is the load of the week times its monotony: much work without easy days counts for more than the same work "
        "with them.",
        "Watch for weeks far above your usual strain, and take the next one easier.",
        "It is Foster's ({year}).",
        (("year", 1998, "year", "1998"),),
    ),
    Term(
        "criticalSpeed", r"critical (speed|pace|velocity|power)", "Critical speed",
        "It is the fastest speed that still settles into a balance; above it a reserve of distance is used "
            "up until you "
        "must stop. It is the slope of distance against time over your best efforts of {shortest} to {longest}.",
        "It lies close to the pace you could hold for half an hour to an hour, and moves with your fitness.",
        "The idea is Monod and Scherrer's ({year}).",
        (("shortest", 120, "s", "2 minutes"), ("longest", 1200, "s", "20 minutes"), ("year", 1965, "year", "1965")),
    ),
    Term(
        "raceIndex", r"race equivalence( index)?|equivalent performance|race index", "Race-equivalence index",
        "It is the oxygen uptake that a race result stands for, so that results over different distances can "
            "be compared "
        "and turned into times for others.",
        "A higher index is a faster runner at every distance; it is read from your best efforts of the last {days}.",
        "The formula is from Daniels and Gilbert ({year}).",
        (("days", 90, "d", "90 days"), ("year", 1979, "year", "1979")),
    ),
    Term(
        "prediction", r"(race )?predictions?|predicted times?", "Race predictions",
        "They rest on your best efforts of the last {days}: each gives a race-equivalence index, and the index gives a "
        "time for every distance. Riegel's formula stands beside it as a second opinion.",
        "Each comes with a range. It is wide where the distance is far from what you have raced, and assumes that you "
        "train for the distance.",
        "The formulas are Daniels and Gilbert's ({year}) and Riegel's ({riegelYear}).",
        (("days", 90, "d", "90 days"), ("year", 1979, "year", "1979"), ("riegelYear", 1981, "year", "1981")),
    ),
    Term(
        "ramp", r"ramp( rate)?", "Ramp",
        "It is how much fitness has changed in the last {days}.",
        "A steady small rise is what builds; a steep one is hard to absorb.",
        "It follows from Banister's model of fitness and fatigue.",
        (("days", 7, "d", "7 days"),),
    ),
    Term(
        "form", r"form|freshness", "Form",
        "It is fitness less fatigue, both of the day before. Fitness is your daily load averaged over about "
        "{fitnessDays}, fatigue the same over about {fatigueDays}.",
        "Negative form is the normal state of somebody who trains; below {low} the coach takes hard sessions "
            "out. For a "
        "race you want it around zero or above.",
        "The model is Banister's, in the form of Busso ({year}).",
        (*_FITNESS_DAYS, ("low", -30, "load", "-30"), ("year", 2003, "year", "2003")),
    ),
    Term(
        "fatigue", r"fatigue", "Fatigue",
        "It is your daily load averaged over about {fatigueDays}, the latest days counting most.",
        "It rises fast in a hard week and is gone fast in an easy one.",
        "The model is Banister's, in the form of Busso ({year}).",
        (_FITNESS_DAYS[1], ("year", 2003, "year", "2003")),
    ),
    Term(
        "fitness", r"fitness", "Fitness",
        "It is your daily load averaged over about {fitnessDays}, the latest days counting most: what your training of "
        "the last months has built.",
        "It moves slowly; compare it with your own past, not with other people's.",
        "The model is Banister's, in the form of Busso ({year}).",
        (_FITNESS_DAYS[0], ("year", 2003, "year", "2003")),
    ),
    Term(
        "threshold", r"(lactate |anaerobic )?threshold( pace| heart rate)?|lactate|lt", "Threshold",
        "It is the hardest effort at which lactate does not pile up, about what you could race for an hour.",
        "Tempo runs sit just below it. Your zones and the load of every run are drawn from your heart rate there.",
        "Here it is what you gave, else {share} of your heart-rate reserve.",
        (("share", 88, "%", "88 %"),),
    ),
    Term(
        "reserve", r"heart rate reserve|karvonen", "Heart-rate reserve",
        "It is the span between your resting and your maximal heart rate; effort is said as a share of it.",
        "It makes efforts of people with different hearts comparable, and needs both ends to be right.",
        "It is Karvonen's ({year}).",
        (("year", 1957, "year", "1957"),),
    ),
    Term(
        "vo2max", r"vo2 ?max|oxygen uptake|aerobic capacity", "VO2max",
        "It is the most oxygen your body can take up in a minute for each kilogram.",
        "The coach does not measure it. The nearest thing here is the race-equivalence index, read from what you have "
        "run rather than from a watch's guess.",
        "The index is from Daniels and Gilbert ({year}).",
        (("uptake", 2, "name", "VO2max"), ("year", 1979, "year", "1979")),
    ),
    Term(
        "load", r"(training )?load", "Load",
        "It is what a run cost you: its training impulse against that of an hour at threshold heart rate, which counts "
        "as {hour}.",
        "An easy hour is well below that, a long race well above. Without heart rate it is estimated from pace, "
        "and said so.",
        "The impulse is Banister's ({year}).",
        (("hour", 100, "load", "100"), ("year", 1991, "year", "1991")),
    ),
    Term(
        "zones", r"(heart rate )?zones?( \d)?|z[1-5]|training zones", "Heart-rate zones",
        "They are {count} bands of effort. With a threshold on file they end at {one}, {two}, {three} and "
            "{four} of it; "
        "else they are shares of your heart-rate reserve or maximum.",
        "The first and second are easy running, the third and fourth moderate to threshold, the last is hard.",
        "The bands are Joe Friel's, else Karvonen's.",
        (("count", 5, "count", "5"), ("one", 85, "%", "85"), ("two", 90, "%", "90"), ("three", 95, "%", "95"),
         ("four", 100, "%", "100 %")),
    ),
    Term(
        "tempo", r"tempo( runs?)?|threshold runs?", "Tempo run",
        ("It is steady running at about threshold effort for {shortest} to {longest}: comfortably hard, a few "
            "words at a time."),
        "It raises the pace you can hold for long. If it turns into a race, it was too fast.",
        "The pace is {low} to {high} of the oxygen uptake of your race-equivalence index.",
        (("shortest", 1200, "s", "20"), ("longest", 2400, "s", "40 minutes"), ("low", 83, "%", "83"),
         ("high", 88, "%", "88 %")),
    ),
    Term(
        "intervals", r"intervals|repetitions?|repeats", "Intervals",
        "They are hard bouts of a few minutes with easy running between them, so that you spend more time "
            "fast than you "
        "could in one go.",
        "The last should be as fast as the first. At most a couple of hard days a week, never side by side.",
        "The pace is {low} to {high} of the oxygen uptake of your race-equivalence index.",
        (("low", 95, "%", "95"), ("high", 100, "%", "100 %")),
    ),
    Term(
        "easy", r"easy (runs?|pace|running)|recovery runs?|base (training|miles)|aerobic base", "Easy running",
        "It is running at which you could talk in whole sentences, at {low} to {high} of the oxygen uptake of your "
        "race-equivalence index.",
        "At least {share} of the time you run belongs here; it builds what the hard sessions draw on.",
        "The share is what Seiler found in endurance athletes who do well.",
        (("low", 59, "%", "59"), ("high", 74, "%", "74 %"), ("share", 80, "%", "80 %")),
    ),
    Term(
        "longRun", r"long runs?", "Long run",
        "It is the longest run of the week, nearly all of it easy.",
        ("It stays within {share} of the week's running and {longest}, so that it builds you up instead of "
            "wearing you down."),
        "These are the rules every plan here keeps.",
        (("share", 33, "%", "33 %"), ("longest", 9000, "s", "150 minutes")),
    ),
    Term(
        "taper", r"taper\w*", "Taper",
        "It is the easing off before a race: {half} up to the half marathon, {full} for the marathon.",
        "Fatigue goes faster than fitness does, so you stand at the start with most of the one and little of "
            "the other. "
        "Volume falls, a little fast running stays.",
        "It follows from Banister's model of fitness and fatigue.",
        (("half", 14, "d", "2 weeks"), ("full", 21, "d", "3 weeks")),
    ),
    Term(
        "hrv", r"hrv|heart rate variability|rmssd", "Heart-rate variability",
        "It is how much the time between heartbeats varies at night; your nervous system relaxed, it varies more.",
        "The coach looks at the mean of {week} against your own usual band of {base}; a single night says nothing.",
        "The method is that of Plews and colleagues ({year}).",
        (("week", 7, "d", "7 days"), ("base", 60, "d", "60 days"), ("year", 2013, "year", "2013")),
    ),
    Term(
        "readiness", r"readiness", "Readiness",
        "It is a traffic light from heart-rate variability, resting heart rate, last night's sleep and the load of the "
        "last days, each against what is usual for you.",
        "It always says why. Where too little is known it says so instead of guessing.",
        "The reading of variability is that of Plews and colleagues ({year}).",
        (("year", 2013, "year", "2013"),),
    ),
    Term(
        "cadence", r"cadence|steps per minutes?|stride rate", "Cadence",
        "It is how many steps you take a minute, both feet counted.",
        ("There is no right figure for everybody. It rises with speed; a fall late in a long run is a sign of "
            "tired legs."),
        "It comes from your watch or a foot pod.",
    ),
    Term(
        "pace", r"moving time|moving pace", "Pace",
        "It is the time you were moving divided by distance; standing at lights does not count.",
        "Your watch may show another figure when it counts the stops.",
        "Moving is anything from {slowest} up.",
        (("slowest", 0.5, "m/s", "0.5 m/s"),),
    ),
    Term(
        "heat", r"dew point|heat adjust\w*", "Dew point",
        "It is the temperature at which the air would be full of water. The higher it is, the less sweat cools you.",
        "The coach adds air temperature and dew point to say how much slower the same effort will be.",
        "Ask for the weather at a place to see it applied.",
    ),
    Term(
        "polarised", r"80[/ ]20|polari[sz]ed( training)?|intensity distribution", "Intensity split",
        "It is how the time you run divides into easy, moderate and hard, by heart rate.",
        ("At least {share} easy is what endurance athletes who do well have in common; the usual fault is too "
            "much in the middle."),
        "The finding is Seiler's.",
        (("share", 80, "%", "80 %"),),
    ),
)  # fmt: skip

BY_KEY = {term.key: term for term in TERMS}
