import Testing

@testable import VerneMQ

@Suite("Listeners against each other")
struct ListenerValidationTests {
    private static let files = "listener.ssl.a.certfile = /c\nlistener.ssl.a.keyfile = /k"

    @Test(
        "addresses",
        arguments: [
            JudgementCase("listener.tcp.default = 0.0.0.0:1883"),
            JudgementCase("listener.tcp.default = 0.0.0.0:1883\nlistener.tcp.other = 0.0.0.0:1884"),
            JudgementCase(
                "listener.tcp.default = 0.0.0.0:1883\nlistener.tcp.other = 0.0.0.0:1883",
                "E listener.tcp.other: it collides with listener.tcp.default at listener.tcp.default"
            ),
            JudgementCase(
                "listener.tcp.default = 0.0.0.0:1883\nlistener.ws.other = 127.0.0.1:1883",
                "E listener.ws.other: it collides with listener.tcp.default"
            ),
            JudgementCase(
                "listener.tcp.default = 127.0.0.1:1883\nlistener.ws.other = :::1883",
                "E listener.ws.other: it collides with listener.tcp.default"
            ),
            JudgementCase("listener.tcp.default = 127.0.0.1:1883\nlistener.ws.other = 10.0.0.1:1883"),
            JudgementCase(
                "file: listener.tcp.a = 10.0.0.1:99\nresource: listener.tcp.b = 10.0.0.1:99",
                "E resource listener.tcp.b: it collides with listener.tcp.a at file listener.tcp.a"
            ),
            JudgementCase(
                "listener.tcp.a = 10.0.0.1:99\nlistener.tcp.b = 10.0.0.1:99\nlistener.tcp.c = 0.0.0.0:99",
                "E listener.tcp.b: it collides",
                "E listener.tcp.c: it collides"
            ),
            JudgementCase(
                "listener.tcp.mine = 0.0.0.0:1883",
                "E listener.tcp.mine: it collides with listener.tcp.default, which the official image adds"
            ),
            JudgementCase("listener.tcp.mine = 0.0.0.0:1883", official: false),
            JudgementCase("listener.tcp.mine = 127.0.0.1:1883"),
            JudgementCase("listener.tcp.mine = 0.0.0.0:1883\nlistener.tcp.default = 0.0.0.0:1884"),
            JudgementCase(
                "listener.http.mine = 0.0.0.0:8888",
                "E listener.http.mine: it collides with listener.http.metrics"
            ),
            JudgementCase(
                "listener.ws.mine = 10.1.2.3:8080",
                "E listener.ws.mine: it collides with listener.ws.default"
            ),
            JudgementCase(
                "listener.tcp.mine = 0.0.0.0:44053",
                "E listener.tcp.mine: it collides with listener.vmq.clustering"
            ),
            JudgementCase("listener.http.metrics = $(MY_POD_IP):8888"),
            JudgementCase(
                "listener.http.metrics = $(MY_POD_IP):8888\nlistener.http.b = 0.0.0.0:8888",
                "E listener.http.b: it collides with listener.http.metrics"
            ),
            JudgementCase(
                "listener.tcp.a = 0.0.0.0:4369",
                "E listener.tcp.a: port 4369 is that of Erlang's port mapper"
            ),
            JudgementCase("listener.tcp.a = 127.0.0.1:4369"),
            JudgementCase("listener.tcp.a = 0.0.0.0:9105", "W listener.tcp.a: brokers of the official image talk"),
            JudgementCase("listener.tcp.a = 0.0.0.0:9105", official: false),
            JudgementCase("listener.tcp.a = 0.0.0.0:0", "W listener.tcp.a: with port 0 the system picks one"),
            JudgementCase("listener.tcp.a = local:/run/a.sock:0"),
            JudgementCase("listener.ws.a = local:/run/a.sock:0", "E listener.ws.a: not an IP address"),
            JudgementCase(
                "listener.tcp.a = local:/run/a.sock:0",
                "E listener.tcp.a: not an IP address",
                version: "1.12.5"
            ),
            JudgementCase(
                "listener.vmq.clustering = 127.0.0.1:44053",
                "W listener.vmq.clustering: no other broker reaches it"
            ),
            JudgementCase(
                "listener.tcp.max_conections = 5",
                "E listener.tcp.max_conections: neither an option of all these"
            ),
            JudgementCase("listener.tcp.max_connections = 5"),
            JudgementCase(
                "listener.tcp.cafile = 0.0.0.0:1",
                "E listener.tcp.cafile: VerneMQ takes it for the option of that name"
            ),
            JudgementCase("listener.ssl.cafile = /ca"),
        ]
    )
    func addresses(_ row: JudgementCase) throws { try row.check() }

    @Test(
        "options without their listener",
        arguments: [
            JudgementCase("listener.tcp.default.max_connections = 5"),
            JudgementCase(
                "listener.tcp.default.max_connections = 5",
                "W listener.tcp.default.max_connections: there is no listener.tcp.default, so it does nothing",
                official: false
            ),
            JudgementCase(
                "listener.tcp.a.max_connections = 5\nlistener.tcp.a.mountpoint = m",
                "W listener.tcp.a.max_connections: there is no listener.tcp.a, so it does nothing"
            ),
            JudgementCase("listener.tcp.a.max_connections = 5", context: ConfigurationContext(isComplete: false)),
            JudgementCase(
                "listener.tcp.a.max_connections = 5",
                "W listener.tcp.a.max_connections: there is no listener.tcp.a, so VerneMQ opens it at 127.0.0.1:1883",
                version: "2.1.0",
                official: false
            ),
            JudgementCase(
                "listener.http.b.max_connections = 5",
                "W listener.http.b.max_connections: there is no listener.http.b, so VerneMQ opens it at 127.0.0.1:8888",
                official: false
            ),
            JudgementCase(
                "listener.http.a = 127.0.0.1:8888\nlistener.http.b.max_connections = 5",
                "W listener.http.b.max_connections: there is no listener.http.b",
                "E listener.http.b.max_connections: it collides with listener.http.a"
            ),
            JudgementCase("listener.http.metrics.http_modules = [vmq_metrics_http]"),
            JudgementCase(
                "file: listener.tcp.a = 0.0.0.0:1",
                "W spec: there is no listener for other brokers",
                official: false
            ),
            JudgementCase("file: listener.tcp.a = 0.0.0.0:1\nfile: listener.vmq.c = 0.0.0.0:44053", official: false),
            JudgementCase("file: listener.tcp.a = 0.0.0.0:1"),
            JudgementCase(
                "listener.tcp.default.proxy_protocol_use_cn_as_username = off",
                "W listener.tcp.default.proxy_protocol_use_cn_as_username: VerneMQ accepts it and does nothing"
            ),
        ]
    )
    func orphans(_ row: JudgementCase) throws { try row.check() }

    @Test(
        "certificates",
        arguments: [
            JudgementCase("listener.ssl.a = 0.0.0.0:8883\n" + files),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883",
                "E listener.ssl.a: a listener with TLS needs a certfile and keyfile"
            ),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883\nlistener.ssl.a.certfile = /c",
                "E listener.ssl.a: a listener with TLS needs a keyfile"
            ),
            JudgementCase("listener.ssl.a = 0.0.0.0:8883\nlistener.ssl.certfile = /c\nlistener.ssl.keyfile = /k"),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883\nlistener.wss.certfile = /c\nlistener.wss.keyfile = /k",
                "E listener.ssl.a: a listener with TLS needs a certfile and keyfile"
            ),
            JudgementCase("listener.ssl.a = 0.0.0.0:8883\nlistener.ssl.a.psk_support = on"),
            JudgementCase("listener.wss.a = 0.0.0.0:8081", "E listener.wss.a: a listener with TLS needs"),
            JudgementCase("listener.https.a = 0.0.0.0:8081", "E listener.https.a: a listener with TLS needs"),
            JudgementCase("listener.ssl.a = 0.0.0.0:8883", context: ConfigurationContext(isComplete: false)),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883\n" + files + "\nlistener.ssl.a.require_certificate = on",
                "E listener.ssl.a.require_certificate: it asks clients for certificates that nobody can check"
            ),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883\n" + files
                    + "\nlistener.ssl.a.require_certificate = on\nlistener.ssl.cafile = /ca"
            ),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883\n" + files + "\nlistener.ssl.require_certificate = on",
                "E listener.ssl.a: it asks clients for certificates that nobody can check"
            ),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883\n" + files + "\nlistener.ssl.a.use_identity_as_username = on",
                "W listener.ssl.a.use_identity_as_username: clients need not show a certificate"
            ),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883\n" + files + "\nlistener.ssl.a.tls_version = tlsv1",
                "E listener.ssl.a.tls_version: from 2.1.0 on no listener can be opened with tlsv1"
            ),
            JudgementCase(
                "listener.ssl.a = 0.0.0.0:8883\n" + files + "\nlistener.ssl.a.tls_version = tlsv1.1",
                "W listener.ssl.a.tls_version: TLS before 1.2 is not safe"
            ),
            JudgementCase(
                "listener.vmqs.a = 0.0.0.0:44054\nlistener.vmqs.certfile = /c\nlistener.vmqs.keyfile = /k",
                "E listener.vmqs.a: no listener of this transport can be opened by VerneMQ 2.2.0"
            ),
            JudgementCase(
                "listener.vmqs.a = 0.0.0.0:44054\nlistener.vmqs.certfile = /c\nlistener.vmqs.keyfile = /k",
                version: "2.0.1"
            ),
            JudgementCase(
                "listener.vmqs.a = 0.0.0.0:44054",
                "E listener.vmqs.a: a listener with TLS needs",
                version: "2.0.1"
            ),
        ]
    )
    func certificates(_ row: JudgementCase) throws { try row.check() }
}
