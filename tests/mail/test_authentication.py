"""Whom a trusted server has proven to be the sender: tables of headers for the pure reading."""

import pytest

from mail.authentication import MICROSOFT, Hop, authenticate, names_seen, read_results, trusted_values

MX = Hop("mx.demo.example")
DMARC = "mx.demo.example; dmarc=pass (p=REJECT) header.from=acme.example"
OURS, THEIRS = ("Received", "from a by mx.demo.example"), ("Received", "from b by mail.acme.example")


def verdict(*headers: tuple[str, str], hop: Hop = MX, sender: str = "dana@acme.example", ambiguous: bool = False):
    found = authenticate(headers, hop, from_address=sender, ambiguous=ambiguous)
    return found.verdict, found.by


def results(value: str) -> tuple[str, str]:
    return ("Authentication-Results", value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mx.demo.example; dmarc=pass header.from=acme.example", ("pass", "DMARC")),
        ("MX.Demo.example 1; DMARC=Pass header.from=Acme.Example", ("pass", "DMARC")),
        ("mx.demo.example; dmarc=pass", ("pass", "DMARC")),
        ("mx.demo.example; dmarc=pass header.from=other.example", ("none", "")),
        ("mx.demo.example; dmarc=fail (p=reject) header.from=acme.example; dkim=pass header.d=acme.example", ("fail", "DMARC")),
        ("mx.demo.example; dmarc=fail header.from=acme.example", ("fail", "DMARC")),
        ("mx.demo.example; dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=acme.example", ("none", "")),
        ('mx.demo.example; dmarc=fail reason="SPF not aligned" header.from=acme.example (policy=none)', ("fail", "DMARC")),
        ("mx.demo.example; dmarc=fail header.from=acme.example (policy=none)", ("none", "")),
        ("mx.demo.example; spf=none (dis=none; p=none); dmarc=fail header.from=acme.example", ("fail", "DMARC")),
        ("mx.demo.example; dmarc=none; dkim=pass header.d=acme.example", ("pass", "DKIM")),
        ("mx.demo.example; dkim=pass header.i=@acme.example header.s=s1", ("pass", "DKIM")),
        ("mx.demo.example; dkim=pass header.d=evil.example", ("none", "")),
        ("mx.demo.example; dkim=pass header.d=example", ("none", "")),
        ("mx.demo.example; dkim=fail header.d=acme.example; spf=pass smtp.mailfrom=dana@acme.example", ("pass", "SPF")),
        ("mx.demo.example; spf=pass smtp.mailfrom=bounce.sender.example", ("none", "")),
        ("mx.demo.example; spf=fail smtp.mailfrom=acme.example", ("none", "")),
        ('mx.demo.example; dmarc=none reason="dmarc=pass; dkim=pass header.d=acme.example"', ("none", "")),
        ("mx.demo.example; dmarc=none (dmarc=pass; (dkim=pass header.d=acme.example))", ("none", "")),
        ("mx.demo.example; none", ("none", "")),
        ("evil.example; dmarc=pass header.from=acme.example", ("none", "")),
        ("", ("none", "")),
        (";" * 5_000, ("none", "")),
        ("(" * 20_000, ("none", "")),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)  # fmt: skip
def test_what_the_server_found_out_about_the_domain_in_from(value, expected):
    assert verdict(results(value), OURS, THEIRS) == expected


def test_t28_a_result_in_our_own_name_that_the_sender_has_added_is_ignored():
    assert verdict(results(DMARC), OURS, THEIRS) == ("pass", "DMARC")
    assert verdict(OURS, results(DMARC), THEIRS) == ("none", "")
    assert verdict(OURS, results(DMARC)) == ("none", "")
    assert verdict(OURS, THEIRS, results(DMARC)) == ("none", "")
    forged = "mx.demo.example; dmarc=fail header.from=acme.example"
    assert verdict(results(DMARC), OURS, results(forged)) == ("pass", "DMARC")


def test_t28_without_a_configured_server_nobody_is_believed():
    found = authenticate([results(DMARC), OURS], None, from_address="dana@acme.example", ambiguous=False)
    assert (found.verdict, found.is_checked) == ("none", False)


def test_more_servers_of_our_own_may_stand_behind_the_one_that_checks():
    inner = ("Received", "from mx.demo.example by store.demo.example")
    message = [inner, results(DMARC), OURS, THEIRS]
    assert verdict(*message) == ("none", "")
    assert verdict(*message, hop=Hop("mx.demo.example", hops=2)) == ("pass", "DMARC")


def test_a_server_that_writes_below_its_own_line_counts_once():
    below = Hop("mx.demo.example", hops=1, is_below=True)
    forged = results(DMARC)
    real = results("mx.demo.example; dmarc=fail header.from=acme.example")
    assert verdict(OURS, real, forged, THEIRS, hop=below) == ("fail", "DMARC")
    assert verdict(OURS, THEIRS, forged, hop=below) == ("none", "")
    assert len(trusted_values([OURS, real, forged], below)) == 1


def test_t26_a_sender_who_can_be_read_in_two_ways_is_never_proven_but_may_be_disproven():
    assert verdict(results(DMARC), OURS, ambiguous=True) == ("none", "")
    failed = results("mx.demo.example; dmarc=fail")
    assert verdict(failed, OURS, ambiguous=True) == ("fail", "DMARC")


def test_t29_domains_are_compared_in_their_form_on_the_wire():
    value = results("mx.demo.example; dmarc=pass header.from=xn--mnchen-3ya.example")
    assert verdict(value, OURS, sender="a@münchen.example") == ("pass", "DMARC")
    assert verdict(value, OURS, sender="a@munchen.example") == ("none", "")


def test_the_results_are_kept_by_method():
    value = "mx.demo.example; spf=softfail smtp.mailfrom=x.example; dkim=pass header.d=acme.example; dmarc=pass"
    found = authenticate([results(value), OURS], MX, from_address="dana@acme.example", ambiguous=False)
    assert found.results == {"spf": "softfail", "dkim": "pass", "dmarc": "pass"}


def test_who_sets_it_up_is_told_which_servers_have_left_results_and_where():
    assert names_seen([results(DMARC), OURS, results("b.example; none"), THEIRS]) == [
        ("mx.demo.example", 0),
        ("b.example", 1),
    ]


def test_quotes_and_comments_do_not_hide_the_name():
    assert read_results('"mx.demo.example" (comment; with=more) ; spf=pass')[0] == "mx.demo.example"


OF_MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=acme.example; dkim=pass (signature was verified) "
    "header.d=acme.example;dmarc=pass action=none header.from=acme.example;compauth=pass reason=100"
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (OF_MICROSOFT, ("pass", "DMARC")),
        ("spf=pass smtp.mailfrom=acme.example; dkim=none header.d=none;dmarc=none action=none", ("pass", "SPF")),
        (OF_MICROSOFT.replace("dmarc=pass action=none", "dmarc=fail action=oreject"), ("fail", "DMARC")),
        (OF_MICROSOFT.replace("dmarc=pass action=none", "dmarc=fail action=none"), ("none", "")),
    ],
)
def test_t28_microsoft_gives_its_results_no_name(value, expected):
    microsoft = Hop(MICROSOFT, hops=5, is_below=True)
    edge = ("Received", "from mail.acme.example by EUR03FT033.mail.protection.outlook.com")
    message = [OURS, OURS, results(value), edge, results(OF_MICROSOFT), THEIRS]
    assert verdict(*message, hop=microsoft) == expected
    assert verdict(*message) == ("none", "")
    assert names_seen(message[:3]) == [("Microsoft 365", 2)]
