import Controller
import Document
import Testing

@testable import Command

@Suite("status")
struct StatusCommandTests {
    /// Two brokers that agree, and a third of which little is known.
    static let cluster: ClusterOverview = {
        var first = BrokerOverview(pod: "mqtt-0", node: "VerneMQ@mqtt-0.h", isReady: true, membership: "Member")
        first.host = "worker-1"
        first.sees = ["VerneMQ@mqtt-0.h": true, "VerneMQ@mqtt-1.h": true, "VerneMQ@mqtt-9.h": false]
        first.seesCount = 3
        first.listedBy = ["mqtt-0", "mqtt-1"]
        first.listedByCount = 2
        first.version = "2.1.1"
        first.configurationDigest = "0123456789abcdef"
        first.hasDrifted = false
        first.differences = []
        first.restartRequired = ["log.console"]
        first.listeners = [
            BrokerListener(type: "mqtt", address: "10.0.0.1:1883", status: "running"),
            BrokerListener(type: "http", address: "10.0.0.1:8888", status: "suspended"),
        ]
        first.plugins = ["vmq_acl", "vmq_passwd"]
        var second = first
        second.pod = "mqtt-1"
        second.node = "VerneMQ@mqtt-1.h"
        second.hasDrifted = true
        second.differences = ["retry_interval"]
        var third = BrokerOverview(pod: "mqtt-2", node: "VerneMQ@mqtt-2.h", isReady: false)
        third.message = "no answer: \u{1B}[31m"
        return ClusterOverview(
            namespace: "demo",
            statefulSet: "mqtt",
            resource: "k8s",
            replicas: 3,
            ready: 2,
            isConfigured: true,
            configurationDigest: "0123456789abcdef",
            brokers: [first, second, third],
            remarks: [.init("BrokersNotReady", "2 of 3 brokers are ready.")],
            notes: ["claims may not be read"]
        )
    }()

    private func text(_ output: StatusCommand.Output, _ clusters: [ClusterOverview] = [Self.cluster]) -> String {
        StatusShow(output: output, console: CapturedConsole().console).text(clusters)
    }

    @Test("the table, and nothing that a broker says steers the terminal")
    func table() {
        #expect(
            text(.table) == """
                VerneMQ k8s, StatefulSet mqtt in demo: 2 of 3 brokers ready
                  POD     READY  MEMBERSHIP  SEES  LISTED BY  VERSION  CONFIGURATION     DRIFT  RESTART REQUIRED BY
                  mqtt-0  yes    Member      3     2 of 2     2.1.1    0123456789abcdef  no     log.console
                  mqtt-1  yes    Member      3     2 of 2     2.1.1    0123456789abcdef  yes    log.console
                  mqtt-2  no     Unknown     ?     ?          ?        ?                 ?      ?
                  mqtt-2: no answer: ?[31m
                  BrokersNotReady: 2 of 3 brokers are ready.

                """
        )
        #expect(text(.table, []) == "There are no clusters.\n")
    }

    @Test("the wide table adds nodes, views, listeners and plugins")
    func wide() {
        let lines = text(.wide).split(separator: "\n")
        let title = lines.count > 1 ? lines[1].split(separator: "  ").map { $0.filter { $0 != " " } } : []
        #expect(title.suffix(6) == ["NODE", "HOST", "VIEW", "LISTEDBYPODS", "LISTENERS", "PLUGINS"])
        let row = lines.count > 2 ? lines[2] : ""
        let views = "VerneMQ@mqtt-9.h(down),mqtt-0,mqtt-1  mqtt-0,mqtt-1"
        #expect(row.contains("VerneMQ@mqtt-0.h  worker-1  \(views)"), "\(row)")
        #expect(row.hasSuffix("mqtt=10.0.0.1:1883,http=10.0.0.1:8888(suspended)  vmq_acl,vmq_passwd"), "\(row)")
    }

    @Test("of a configuration that nobody looks after there is nothing to know")
    func unconfigured() {
        var cluster = Self.cluster
        cluster.isConfigured = false
        let row = "mqtt-2  no     Unknown     ?     ?          ?        -                 -      -\n"
        #expect(text(.table, [cluster]).contains(row))
    }

    @Test("the document for programs: what is not known is absent")
    func json() throws {
        let document = try JSONValue(parsing: text(.json))
        let cluster = try #require(document["clusters"]?[0])
        #expect(
            Array(cluster.objectValue?.map(\.key) ?? []) == [
                "namespace", "statefulSet", "resource", "replicas", "readyReplicas", "configured",
                "configurationDigest", "brokers", "remarks", "notes",
            ]
        )
        let brokers = try #require(cluster["brokers"]?.arrayValue)
        #expect(
            Array(brokers[0].objectValue?.map(\.key) ?? []) == [
                "pod", "node", "host", "ready", "membership", "seesCount", "sees", "listedByCount", "listedBy",
                "version", "configurationDigest", "drift", "differences", "restartRequired", "listeners", "plugins",
            ]
        )
        #expect(
            Array(brokers[2].objectValue?.map(\.key) ?? []) == ["pod", "node", "ready", "membership", "message"]
        )
        #expect(brokers[0]["sees"]?[2] == ["node": "VerneMQ@mqtt-9.h", "running": false])
        #expect(cluster["remarks"]?[0]?["reason"] == "BrokersNotReady" && cluster["replicas"] == 3)
        #expect(text(.yaml).hasPrefix("clusters:\n- namespace: demo\n  statefulSet: mqtt\n"), "\(text(.yaml))")
    }

    @Test("the exit status: 0 where nothing is to be said; notes are told on standard error")
    func status() throws {
        let captured = CapturedConsole()
        let show = StatusShow(output: .table, console: captured.console)
        var answer = OverviewReader.Answer(clusters: [Self.cluster], faults: [])
        #expect(try show.once(answer) == .failure)
        #expect(captured.reports == "note: demo/mqtt: claims may not be read")
        answer.clusters[0].remarks = []
        #expect(try show.once(answer) == .success)
        answer.faults = ["There is no cluster x."]
        #expect(try show.once(answer) == .failure)
        #expect(captured.reports.hasSuffix("error: There is no cluster x.\nnote: demo/mqtt: claims may not be read"))
    }

    @Test("who watches sees one answer in the place of the other; a program gets one after the other")
    func watching() throws {
        let answer = OverviewReader.Answer(clusters: [], faults: [])
        for (isTerminal, output, expected) in [
            (true, .table, "\u{1B}[H\u{1B}[2JThere are no clusters.\n\u{1B}[H\u{1B}[2JThere are no clusters.\n"),
            (false, .wide, "There are no clusters.\n\nThere are no clusters.\n"),
            (true, .yaml, "clusters: []\n---\nclusters: []\n"),
        ] as [(Bool, StatusCommand.Output, String)] {
            let captured = CapturedConsole()
            var console = captured.console
            console.isTerminal = isTerminal
            let show = StatusShow(output: output, console: console)
            try show.next(answer, isFirst: true)
            try show.next(answer, isFirst: false)
            #expect(captured.output == expected)
        }
    }

    @Test("a server that cannot be found or reached is status 1 and one sentence")
    func unreachable() async throws {
        let scratch = try Scratch()
        let kubeconfig = try scratch.write(
            "kubeconfig",
            """
            apiVersion: v1
            kind: Config
            current-context: a
            contexts: [{name: a, context: {cluster: a, user: a}}]
            clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: a, user: {token: x}}]
            """
        )
        let captured = CapturedConsole()
        #expect(await captured.run("status", "--kubeconfig", kubeconfig) == .failure)
        #expect(await captured.run("status", "--kubeconfig", "\(scratch.path)/none") == .failure)
        let lines = captured.reports.split(separator: "\n")
        #expect(lines.first == "error: the API server cannot be reached: connect: Connection refused")
        #expect(lines.last?.hasPrefix("error: it is not known where the API server is: ") == true, "\(lines)")
        #expect(captured.output.isEmpty)
    }

    @Test("kubectl finds it by its other name")
    func names() {
        #expect(RootCommand.calledName("/usr/local/bin/kubectl-vernemq") == "kubectl vernemq")
        #expect(RootCommand.calledName("vernemq-operator") == "vernemq-operator")
        #expect(RootCommand.calledName("") == "vernemq-operator")
    }
}
