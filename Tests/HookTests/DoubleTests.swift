import BrokerDouble
import Document
import Testing

/// The broker double against the transcripts of real brokers that it stands for.
@Suite("The broker double behaves as the transcripts show")
struct DoubleTests {
    private var world = World(
        seed: 1,
        now: 1000,
        kubernetes: KubernetesState(replicas: 0, policy: .parallel, storage: .persistent)
    )

    private func node(_ ordinal: Int) -> String { world.kubernetes.node(ordinal) }
    private func address(_ ordinal: Int) -> String { "10.77.0.\(ordinal + 1)" }

    private mutating func start(_ ordinals: Int...) {
        for ordinal in ordinals {
            let disk = world.makeDisk(owner: node(ordinal))
            world.startBroker(node(ordinal), at: address(ordinal), disk: disk)
        }
        world.advance(to: world.now + 6)
    }

    private mutating func restart(_ ordinal: Int) {
        let disk = world.brokers[address(ordinal)]?.disk ?? 0
        world.endBroker(at: address(ordinal))
        world.startBroker(node(ordinal), at: address(ordinal), disk: disk)
        world.advance(to: world.now + 6)
    }

    private mutating func admin(_ ordinal: Int, _ arguments: String...) -> AdminReply {
        switch world.admin(arguments, at: address(ordinal), node: node(ordinal)) {
        case .answer(let reply, let seconds):
            world.advance(to: world.now + seconds)
            return reply
        case .leave(let id, let timeout):
            while true {
                if let reply = world.leaveReply(id, timeout: timeout) { return reply }
                world.advance(to: world.now + 0.25)
            }
        }
    }

    private mutating func join(_ ordinal: Int, _ target: Int) -> AdminReply {
        admin(ordinal, "cluster", "join", "discovery-node=\(node(target))")
    }

    private mutating func cluster(_ count: Int) {
        for ordinal in 0..<count { start(ordinal) }
        for ordinal in 1..<count { _ = join(ordinal, 0) }
        world.advance(to: world.now + 12)
    }

    private mutating func endLeavers() {
        world.advance(to: world.now + 4)
        for case .endProcess(_, let address) in world.takeEffects() { world.endBroker(at: address) }
    }

    private func view(_ ordinal: Int) -> [Int] {
        (0..<9).filter { world.brokers[address(ordinal)]?.view.contains(node($0)) == true }
    }

    @Test("01: HTTP answers first, vmq-admin a little later, with three other texts before")
    mutating func start() {
        let disk = world.makeDisk(owner: node(0))
        #expect(admin(0, "cluster", "show").error.contains("not responding to pings"))
        world.startBroker(node(0), at: address(0), disk: disk)
        var texts: [String] = []
        var http: Double?
        var shown: Double?
        let began = world.now
        while shown == nil {
            if case .answer = world.http("/health/ping", at: address(0), from: "x"), http == nil {
                http = world.now - began
            }
            if case .answer(let reply, _) = world.admin(["cluster", "show"], at: address(0), node: node(0)) {
                if reply.exit == 0 {
                    shown = world.now - began
                } else if texts.last != reply.error {
                    texts.append(reply.error)
                }
            }
            world.advance(to: world.now + 0.25)
        }
        #expect(texts.count == 3 && http.map { $0 > 4 && $0 < 5.5 } == true)
        #expect((shown ?? 0) > (http ?? 9))
    }

    @Test("02: a join is Done at once, shown to the joiner soon and to the others within ten seconds")
    mutating func joining() {
        start(0, 1)
        #expect(join(1, 0) == AdminReply(output: "Done\n"))
        #expect(view(0) == [0], "the views lag")
        world.advance(to: world.now + 10.5)
        #expect(view(0) == [0, 1] && view(1) == [0, 1])
        start(2)
        #expect(join(2, 1).output == "Done\n", "through any member")
        world.advance(to: world.now + 10.5)
        #expect(view(0) == [0, 1, 2] && view(1) == [0, 1, 2] && view(2) == [0, 1, 2])
    }

    @Test("03: joined twice, to itself, to nobody: refused, exit 1")
    mutating func awkward() {
        cluster(2)
        start(4)
        #expect(join(1, 0).output.contains("non_empty_node") && join(1, 0).exit == 1)
        #expect(join(1, 1).output.contains("self_join"))
        #expect(join(1, 7).output.contains("non_empty_node"), "whatever the target is")
        #expect(join(4, 5).output.contains("not_reachable") && join(4, 5).exit == 1)
        #expect(view(4) == [4])
    }

    @Test("05: a node with an API key or a session cannot join, not even after a restart")
    mutating func nonEmpty() {
        start(0, 1, 2)
        world.touch(node(1))
        world.store(client: "p9", messages: 1, on: node(2))
        #expect(join(1, 0).output.contains("non_empty_node"))
        restart(2)
        #expect(join(2, 0).output.contains("non_empty_node"))
    }

    @Test("12, 17: leave without -k suspends the listeners and changes nothing else")
    mutating func suspended() {
        cluster(3)
        #expect(admin(0, "cluster", "leave", "node=\(node(2))").output.hasPrefix("Done! Use -k"))
        world.advance(to: world.now + 12)
        #expect(view(0) == [0, 1, 2])
        #expect(world.http("/health", at: address(2), from: "x") != world.http("/health", at: address(0), from: "x"))
        #expect(
            world.http("/health/ping", at: address(2), from: "x") == .answer(status: 200, body: "{\"status\":\"OK\"}")
        )
    }

    @Test("13, 14: leave -k moves the queues, ends the process, and the node comes back alone and unjoinable")
    mutating func leaving() {
        cluster(3)
        world.store(client: "off3", messages: 1, on: node(2))
        let reply = admin(2, "cluster", "leave", "node=\(node(2))", "-k", "-t", "60")
        #expect(reply.output.contains("Migrated 1/1 queues and 1/1 messages"))
        #expect(
            reply.output.contains("Done") || (reply.exit == 1 && reply.error.contains("RPC to")),
            "the answer may be cut off"
        )
        #expect(view(0) == [0, 1] && view(1) == [0, 1], "the survivors' views are right at once")
        let disk = world.brokers[address(2)]?.disk ?? 0
        endLeavers()
        #expect(world.brokers[address(2)] == nil)
        #expect(world.home(of: "off3")?.queues["off3"] == 1 && world.stranded.isEmpty)
        world.startBroker(node(2), at: address(2), disk: disk)
        world.advance(to: world.now + 60)
        #expect(view(2) == [2] && view(0) == [0, 1])
        #expect(join(2, 0).output.contains("non_empty_node"))
    }

    @Test(
        "18, 19: a dead member is removed by a survivor, which forgets its cluster on disk; the dead one returns as a zombie"
    )
    mutating func dead() {
        cluster(3)
        let disk = world.brokers[address(2)]?.disk ?? 0
        world.endBroker(at: address(2))
        world.advance(to: world.now + 1)
        #expect(world.brokers[address(0)].map { world.report(of: $0).first { $0.node == node(2) }?.running } == false)
        #expect(admin(0, "cluster", "leave", "node=\(node(2))").output == "Done\n")
        #expect(view(0) == [0, 1] && view(1) == [0, 1])
        #expect(
            admin(0, "cluster", "leave", "node=VerneMQ@nosuch.host", "-k") == AdminReply(output: "Done\n"),
            "Done proves nothing"
        )

        world.startBroker(node(2), at: address(2), disk: disk)
        world.advance(to: world.now + 60)
        #expect(
            view(2) == [0, 1, 2] && view(0) == [0, 1] && view(1) == [0, 1],
            "it believes, and nobody believes it"
        )
        let leave = admin(2, "cluster", "leave", "node=\(node(2))", "-k")
        #expect(leave.exit == 1 && leave.error.contains("failed: timeout"))
        world.endBroker(at: address(2))

        restart(0)
        #expect(view(0) == [0], "the survivor knows nobody")
        world.advance(to: world.now + 50)
        #expect(view(0) == [0, 1], "and is found again by the other")
    }

    @Test("24: a member that lost its volume is pulled back in by gossip")
    mutating func lostVolume() {
        cluster(3)
        world.endBroker(at: address(2))
        start(2)
        #expect(view(2) == [2])
        world.advance(to: world.now + 50)
        #expect(view(2) == [0, 1, 2] && view(0) == [0, 1, 2])
    }

    @Test("25: two clusters cannot be joined")
    mutating func islands() {
        start(0, 1, 2, 3)
        _ = join(1, 0)
        _ = join(3, 2)
        world.advance(to: world.now + 60)
        #expect(join(0, 2).output.contains("non_empty_node") && join(2, 0).output.contains("non_empty_node"))
        #expect(view(0) == [0, 1] && view(2) == [2, 3])
    }

    @Test(
        "two nodes that leave at the same moment lose queues; one after the other they lose none",
        arguments: [true, false]
    )
    mutating func twoLeave(together: Bool) {
        cluster(3)
        for leaver in 1...2 {
            for number in 0..<400 { world.store(client: "c\(leaver)-\(number)", messages: 3, on: node(leaver)) }
        }
        for leaver in 1...2 {
            _ = world.admin(
                ["cluster", "leave", "node=\(node(leaver))", "-k"],
                at: address(leaver),
                node: node(leaver)
            )
            if !together {
                world.advance(to: world.now + 10)
                endLeavers()
            }
        }
        world.advance(to: world.now + 20)
        endLeavers()
        #expect(Set(world.left) == [node(1), node(2)])
        let kept = world.disks[world.brokers[address(0)]?.disk ?? 0]?.queues.count ?? 0
        if together {
            #expect((300...500).contains(kept), "\(kept) of 800")
        } else {
            #expect(kept == 800)
        }
    }

    @Test("39: a lone node never leaves: its listeners go, no_target_available, exit 0")
    mutating func lone() {
        start(0)
        let reply = admin(0, "cluster", "leave", "node=\(node(0))", "-k")
        #expect(reply == AdminReply(output: "Unknown error: no_target_available\n"))
        #expect(world.brokers[address(0)]?.listeners == .absent && view(0) == [0])
    }

    @Test("40: beside a dead member nobody leaves; the command gives up after a minute, or when it is told to")
    mutating func besideTheDead() {
        cluster(3)
        world.endBroker(at: address(2))
        let began = world.now
        let reply = admin(1, "cluster", "leave", "node=\(node(1))", "-k")
        #expect(reply.exit == 1 && reply.error.contains("failed: timeout") && (60...61).contains(world.now - began))
        let again = world.now
        _ = admin(1, "cluster", "leave", "node=\(node(1))", "-k", "-rpctimeout", "90000")
        #expect((90...91).contains(world.now - again) && world.left.isEmpty)
        #expect(admin(0, "cluster", "leave", "node=\(node(2))").output == "Done\n")
        world.advance(to: world.now + 10)
        #expect(world.left == [node(1)] || world.left == [node(1), node(1)], "the leave went on inside")
    }

    @Test("29: node stop stops the applications and leaves the process")
    mutating func stopped() {
        start(0)
        #expect(admin(0, "node", "stop").output == "Done\n")
        #expect(world.http("/health", at: address(0), from: "x") == .refused)
        #expect(admin(0, "cluster", "show").error.contains("{'EXIT'"))
        #expect(world.brokers[address(0)] != nil)
    }

    @Test("10: /status.json is one object, the asked node first, then those that run beside it")
    mutating func status() throws {
        cluster(3)
        guard case .answer(200, let body) = world.http("/status.json", at: address(1), from: "x") else {
            Issue.record("no answer")
            return
        }
        let document = try JSONValue(parsing: Array(body.utf8))
        let nodes = try #require(document[0]?.objectValue)
        #expect(
            document.arrayValue?.count == 1 && nodes.keys.first == node(1) && Set(nodes.keys) == Set((0..<3).map(node))
        )
        #expect(nodes[node(1)]?["mystatus"]?[0]?[node(0)] == true)
        #expect(nodes[node(1)]?["listeners"]?[0]?["ip"]?.stringValue == address(1))
    }
}
