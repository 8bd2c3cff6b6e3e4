"""Address headers: what is read, and when a sender must be taken as unproven."""

import time

import pytest

from mail.addresses import is_address, read_addresses


def pairs(value: str) -> list[tuple[str, str]]:
    return [(address.name, address.address) for address in read_addresses(value).addresses]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("dana@acme.example", [("", "dana@acme.example")]),
        ("Dana Acme <dana@acme.example>", [("Dana Acme", "dana@acme.example")]),
        ('"Acme, Dana" <dana@acme.example>', [("Acme, Dana", "dana@acme.example")]),
        ("'Dana' <dana@acme.example>", [("Dana", "dana@acme.example")]),
        ("dana@acme.example (Dana Acme)", [("Dana Acme", "dana@acme.example")]),
        ("=?utf-8?Q?J=C3=BCr?= =?utf-8?Q?gen?= <j@x.de>", [("Jürgen", "j@x.de")]),
        ("=?iso-8859-1?B?SvxyZ2Vu?= <j@x.de>", [("Jürgen", "j@x.de")]),
        ('"=?utf-8?B?SsO8cmdlbg==?=" <j@x.de>', [("Jürgen", "j@x.de")]),
        ('"dana@acme.example" <dana@acme.example>', [("", "dana@acme.example")]),
        ("Team: a@x.de, B <b@y.de>; c@z.de", [("", "a@x.de"), ("B", "b@y.de"), ("", "c@z.de")]),
        ("undisclosed-recipients:;", []),
        ("a@x.de,, ,b@x.de,", [("", "a@x.de"), ("", "b@x.de")]),
        ("a..b.@docomo.example", [("", "a..b.@docomo.example")]),
        ("o'brien+tag@x.example", [("", "o'brien+tag@x.example")]),
        ("jürgen@münchen.example", [("", "jürgen@münchen.example")]),
        ("a@[192.0.2.1]", [("", "a@[192.0.2.1]")]),
        ("", []),
    ],
)
def test_plain_headers_are_read_and_proven(header, expected):
    assert pairs(header) == expected
    assert not read_addresses(header).ambiguous


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("alice@good)bob@evil", "alice@good"),
        ("alice@good(x)bob@evil", "alice@good"),
        ('"alice@good.example" <eve@evil.example>', "eve@evil.example"),
        ("=?utf-8?q?alice=40good=2Eexample?= <eve@evil.example>", "eve@evil.example"),
        ("<alice@good.example> <eve@evil.example>", "eve@evil.example"),
        ("alice@good.example <eve@evil.example>", "eve@evil.example"),
        ("<eve@evil.example> alice@good.example", "eve@evil.example"),
        ("<@relay.example:eve@evil.example>", "eve@evil.example"),
        ('"alice@good.example,"@evil.example', None),
        ("=?utf-8?q?alice=40good=2Eexample=3E?=@evil.example", "=?utf-8?q?alice=40good=2Eexample=3E?=@evil.example"),
        ("=?utf-8?Q?Acme,_Dana?= <dana@acme.example>", "dana@acme.example"),
        ("Dana dana@acme.example", "dana@acme.example"),
        ("Dana <dana@acme.example", "dana@acme.example"),
        ('"Dana <dana@acme.example>', "dana@acme.example"),
        ("(Dana <dana@acme.example>", "dana@acme.example"),
        ("alice@good.example@evil.example", "alice@good.example"),
        ("a\u200blice@good.example", "a\ufffdlice@good.example"),
        ("alice\0@good.example", "alice\ufffd@good.example"),
        ("alice@good.example:eve@evil.example", "alice@good.example"),
        ("Nobody", None),
        ("<>", None),
    ],
)
def test_T26_what_can_be_read_two_ways_is_ambiguous(header, first):
    reading = read_addresses(header)
    assert reading.ambiguous
    if first is not None:
        assert reading.addresses[0].address == first


@pytest.mark.parametrize(
    "header",
    [
        "(" * 1_000 + ")" * 1_000 + " a@x.de",
        "(" * 200_000,
        '"\\' * 100_000,
        "<" * 200_000,
        "a@b:" * 60_000,
        "x@y()" * 50_000,
        "=?a?b?" * 40_000,
        "()" * 120_000,
    ],
)
def test_T15_hostile_headers_take_no_time(header):
    began = time.process_time()
    read_addresses(header)
    assert time.process_time() - began < 1.5


def test_T15_sixteen_thousand_addresses_are_cut_at_a_thousand():
    reading = read_addresses(", ".join(f'"N {number}" <n{number}@x.de>' for number in range(16_000)))
    assert len(reading.addresses) == 1_000
    assert reading.addresses[-1].address == "n999@x.de"
    assert reading.cut


@pytest.mark.parametrize(
    "address", ["a@b", "dana@acme.example", "d.a-n+a_1@a-b.example", "ü@münchen.example", "a@xn--mnchen-3ya.example"]
)
def test_addresses_to_which_mail_may_go(address):
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b",
        "a@",
        "a b@c",
        "a@b c",
        "a@b\r\nBcc: x@y",
        '"a"@b',
        "a@b,c@d",
        "<a@b>",
        "a@-b",
        "a@b..c",
        "=?x?q?y?=@b",
        "a\u200b@b",
        "a@b\u2028",
        "a" * 65 + "@b",
    ],
)
def test_T35_what_is_no_address_gets_no_mail(address):
    assert not is_address(address)
