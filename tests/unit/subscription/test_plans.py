from __future__ import annotations

import pytest

from services.subscription.domain.plans import Feature, PlanCatalog, PlanId


@pytest.mark.parametrize("feature", list(Feature))
def test_every_feature_is_in_some_plan(feature: Feature):
    assert feature in PlanCatalog.with_free_questions(10).cheapest_with(feature).features


def test_training_plans_belong_to_pro_and_the_analysis_of_a_run_to_everybody():
    catalog = PlanCatalog.with_free_questions(10)
    assert catalog.cheapest_with(Feature.TRAINING_PLANS).plan_id is PlanId.PRO
    assert catalog.cheapest_with(Feature.RUN_ANALYSIS).plan_id is PlanId.FREE


def test_a_runner_without_a_plan_has_the_free_one():
    catalog = PlanCatalog.with_free_questions(7)
    assert catalog.of(None) == catalog.of(PlanId.FREE)
    assert catalog.of(None).questions_per_day == 7


def test_pro_never_has_fewer_questions_than_free():
    catalog = PlanCatalog.with_free_questions(5000)
    assert catalog.of(PlanId.PRO).questions_per_day == 5000


def test_the_dearer_plan_has_all_the_cheaper_one_has():
    free, pro = PlanCatalog.with_free_questions(10).plans
    assert free.features < pro.features
    assert free.price_cents < pro.price_cents
