"""Plans, what each lets a runner do, and how many questions they have asked today.

Owns the tables ``subscription`` and ``question``. Called by the gateway for the pages that show plans, and by
coach_agent, on the user's behalf, before it answers a question or opens a feature.
"""
