import Document
import Testing

@testable import Command

@Suite("explain")
struct ExplainCommandTests {
    @Test("a key is told with its type, range, default, releases and effect")
    func text() async {
        let captured = CapturedConsole()
        #expect(await captured.run("explain", "max_inflight_messages") == .success)
        #expect(
            captured.output == """
                max_inflight_messages
                  takes     0 to 65535 (0 = no limit)
                            VerneMQ itself does not check the range
                  default   20
                  known     in all releases since 1.10.0
                  change    in the running broker: new MQTT 3 sessions
                  part of   vmq_server

                """
        )
    }

    @Test(
        "what is told of keys",
        arguments: [
            (["listener.tcp.mine.mountpoint"], "key       listener.tcp.$name.mountpoint"),
            (["listener.tcp.$name.mountpoint"], "change    needs a restart"),
            (["fanout.shard_count"], "known     since 2.2.0"),
            (["message_size_limit"], "until 2.0.0, which has max_message_size instead"),
            (["log.syslog.format"], "known     after 2.2.0, in no release so far"),
            (["vmq_acl.acl_file"], "needs     plugins.vmq_acl = on"), (["distributed_cookie"], "note      a secret"),
            (["queue_deliver_mode"], "note      VerneMQ accepts it and does nothing with it"),
            (["listener.vmqs.a"], "note      what it is part of does not work in 2.2.0"),
            (["outgoing_clustering_buffer_size"], "before 2.2.0: default 10000"),
            (["metadata_plugin", "--vernemq-version", "1.11.0"], "default   vmq_plumtree"),
            (["vmq_bridge.tcp.a.mqtt_version"], "before 2.1.0: took 3 or 4"),
            (["listener.tcp.a"], "takes     an IP address and a port, as in 0.0.0.0:1883 or local:PATH:PORT"),
        ]
    )
    func contents(arguments: [String], expected: String) async {
        let captured = CapturedConsole()
        #expect(await Program.run(arguments: ["explain"] + arguments, console: captured.console) == .success)
        #expect(captured.output.contains(expected), "\(captured.output)")
    }

    @Test(
        "what is no setting gives status 1 and a suggestion, and the other keys are told all the same",
        arguments: [
            (["listener.tcp.Mine.max_conections"], "did you mean \"listener.tcp.Mine.max_connections\"?"),
            (["what.is.this", "retry_interval"], "what.is.this: no setting of VerneMQ; `explain --list` shows"),
            (
                ["fanout.shard_count", "--vernemq-version", "2.1.0"],
                "no setting of VerneMQ 2.1.0: it is known since 2.2.0"
            ),
            (
                ["message_size_limit", "--vernemq-version", "2.1.0"],
                "it is known until 2.0.0, which has max_message_size"
            ),
            (["--list", "no-such-*"], "no key of VerneMQ matches \"no-such-*\""),
        ]
    )
    func failures(arguments: [String], expected: String) async {
        let captured = CapturedConsole()
        #expect(await Program.run(arguments: ["explain"] + arguments, console: captured.console) == .failure)
        #expect(captured.reports.contains(expected), "\(captured.reports)")
        #expect(
            captured.output.contains("takes") == arguments.contains { $0.contains("_") && !$0.contains("conections") }
        )
    }

    @Test(
        "wrong usage",
        arguments: [
            ["explain"], ["explain", "--list", "a", "b"], ["explain", "a", "--vernemq-version", "new"],
            ["explain", "a", "-o", "xml"],
        ]
    )
    func usage(arguments: [String]) async {
        #expect(await Program.run(arguments: arguments, console: CapturedConsole().console) == .usage)
    }

    @Test("a release that is not supported is replaced, with a warning")
    func unsupported() async {
        let captured = CapturedConsole()
        #expect(await captured.run("explain", "metadata_plugin", "--vernemq-version", "1.6.0") == .success)
        #expect(
            captured.reports.hasPrefix("warning: --vernemq-version: \"1.6.0\": VerneMQ before 1.10.0 is not supported")
        )
        #expect(captured.output.contains("default   vmq_plumtree"))
    }

    @Test(
        "lists",
        arguments: [
            ([], 649), (["listener."], 249), (["*"], 649), (["netsplit"], 4), (["vmq_acl.*"], 2),
            (["*.max_connections"], 17),
            (["allow_*_during_netsplit"], 4), (["plugins.$name*"], 3), (["pulse"], 4),
            (["pulse", "--vernemq-version", "2.2.0"], 0),
            (["syslog.remote"], 4), (["syslog.remote", "--vernemq-version", "2.2.0"], 0),
        ] as [([String], Int)]
    )
    func lists(arguments: [String], count: Int) async {
        let captured = CapturedConsole()
        let status = await Program.run(arguments: ["explain", "--list"] + arguments, console: captured.console)
        #expect(status == (count > 0 ? .success : .failure))
        #expect(captured.output.split(separator: "\n").count == count)
    }

    @Test("JSON has what the text has")
    func json() async throws {
        let captured = CapturedConsole()
        #expect(await captured.run("explain", "crl_refresh_interval", "distributed_cookie", "-o", "json") == .success)
        let value = try JSONValue(parsing: captured.output)
        let first = try #require(value[0])
        #expect(first["key"] == "crl_refresh_interval")
        #expect(first["type"] == "integer")
        #expect(first["default"] == "60000")
        #expect(first["unit"] == "milliseconds")
        #expect(first["minimum"] == 0)
        #expect(first["rangeEnforced"] == true)
        #expect(first["known"] == true)
        #expect(first["live"] == nil)
        #expect(value[1]?["secret"] == true)
        #expect(value[1]?["vmArgs"] == true)
        let list = CapturedConsole()
        #expect(await list.run("explain", "--list", "-o", "json") == .success)
        #expect(try JSONValue(parsing: list.output).arrayValue?.count == 649)
    }
}
