"""The names that charsets have in mail, and the codecs of Python that read them; nothing that is not listed (T16)."""

# Labels by codec. Where browsers and mail programs use a superset (windows-1252 for latin-1, gb18030 for gb2312,
# cp949 for ks_c_5601, cp932 for shift_jis), so do we.
_CODECS = {
    "ascii": "us-ascii ascii ansi-x3.4-1968 646 iso646-us",
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 utf-8-mac cp65001 x-utf8 utf-8-sig",
    "utf-16": "utf-16 utf16 ucs-2 unicode iso-10646-ucs-2",
    "utf-16-le": "utf-16le utf-16-le",
    "utf-16-be": "utf-16be utf-16-be",
    "utf-32": "utf-32 utf32 ucs-4 iso-10646-ucs-4",
    "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 l1 cp819 windows-1252 cp1252 cp-1252 x-ansi x-cp1252",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251 win-1251",
    "cp1253": "windows-1253 cp1253",
    "cp1254": "iso-8859-9 iso8859-9 latin5 windows-1254 cp1254",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "iso8859-2": "iso-8859-2 iso8859-2 latin2 latin-2",
    "iso8859-3": "iso-8859-3 iso8859-3 latin3",
    "iso8859-4": "iso-8859-4 iso8859-4 latin4",
    "iso8859-5": "iso-8859-5 iso8859-5 cyrillic",
    "iso8859-6": "iso-8859-6 iso8859-6 iso-8859-6-i iso-8859-6-e arabic",
    "iso8859-7": "iso-8859-7 iso8859-7 greek",
    "iso8859-8": "iso-8859-8 iso8859-8 iso-8859-8-i iso-8859-8-e hebrew",
    "iso8859-10": "iso-8859-10 iso8859-10 latin6",
    "cp874": "iso-8859-11 tis-620 windows-874 cp874",
    "iso8859-13": "iso-8859-13 iso8859-13",
    "iso8859-14": "iso-8859-14 iso8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 latin9 latin-9 iso-8859-15-windows",
    "iso8859-16": "iso-8859-16 iso8859-16",
    "koi8-r": "koi8-r koi8 koi",
    "koi8-u": "koi8-u",
    "cp437": "cp437 ibm437 437",
    "cp850": "cp850 cp-850 ibm850 850",
    "cp852": "cp852 ibm852",
    "cp855": "cp855 ibm855",
    "cp858": "cp858",
    "cp857": "cp857 ibm857",
    "cp860": "cp860 ibm860",
    "cp861": "cp861 ibm861",
    "cp862": "cp862 ibm862",
    "cp863": "cp863 ibm863",
    "cp865": "cp865 ibm865",
    "cp866": "cp866 ibm866 866",
    "mac-roman": "macintosh mac x-mac-roman mac-roman",
    "mac-cyrillic": "x-mac-cyrillic mac-cyrillic",
    "gb18030": "gb18030 gb2312 gbk gb-2312-80 x-gbk cp936 windows-936 ms936 euc-cn gb2312-80",
    "hz": "hz-gb-2312 hz",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 cp950 ms950",
    "cp932": "shift-jis shift_jis sjis x-sjis ms-kanji windows-31j cp932 ms932 csshiftjis",
    "euc-jp": "euc-jp x-euc-jp eucjp cseucpkdfmtjapanese",
    "iso2022-jp-ext": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-ms csiso2022jp cp50220 cp50221",
    "iso2022-jp-2004": "iso-2022-jp-2004 iso-2022-jp-3",
    "cp949": "euc-kr ks-c-5601-1987 ks-c-5601 ksc5601 ksc-5601 cp949 windows-949 uhc korean cseuckr ms949",
    "iso2022-kr": "iso-2022-kr",
    "johab": "johab",
}
_CODEC_OF = {label.replace("_", "-"): codec for codec, labels in _CODECS.items() for label in labels.split()}


def codec_for(label: str) -> str | None:
    """The Python codec for a label, or None: utf-7, rot13, idna, base64 and other things are not charsets for mail."""
    return _CODEC_OF.get(normalised(label))


def normalised(label: str) -> str:
    return label[:60].partition("*")[0].strip(" \t\"'").lower().replace("_", "-").removeprefix("charset=")
