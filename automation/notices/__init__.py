"""Notices: who hears of what, by the bell, by mail or by a webhook.

occasions: what can be told, to whom, and the stock levels    happenings: an event as occasions (pure)
choosing: levels and wishes to channels (pure)                people: who has to do with an event, by right
making: rows for the bell and the mail                        leaving: rows that leave the house, by right once more
texts: what a mail says                                       bell: what somebody has not seen yet
house: what administrators set up                             wishes: what people want for themselves
folding: one line and one mail for many tickets  digest: what such a mail says
news: what administrators hear of Helpdesk itself
effects: the effect "notify" of rules
"""
