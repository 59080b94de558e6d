import Document
import HTTP
import Testing
import Transport

@testable import KubernetesClient

@Suite("A lease", .timeLimit(.minutes(3)))
struct LeaseTests {
    let start = Deadline.now
    let time = Timestamp(seconds: 1_800_000_000)

    private func at(_ seconds: Int) -> Deadline { start.advanced(by: .seconds(seconds)) }

    private func record(_ holder: String, renewed: Int = 0, duration: Int64 = 15, transitions: Int64 = 3) -> LeaseRecord
    {
        let stamp = Timestamp(seconds: renewed).microText
        return LeaseRecord(
            holder: holder,
            durationSeconds: duration,
            acquireTime: stamp,
            renewTime: stamp,
            transitions: transitions
        )
    }

    @Test("that is not there is made, one that nobody holds is taken, and the change of hands is counted")
    func free() {
        var state = LeaseState(identity: "me")
        let stamp = time.microText
        #expect(
            state.decide(nil, now: start, time: time)
                == .write(
                    LeaseRecord(holder: "me", durationSeconds: 15, acquireTime: stamp, renewTime: stamp, transitions: 0)
                )
        )
        guard case .write(let taken) = state.decide(record(""), now: start, time: time) else {
            Issue.record("a free lease is not taken")
            return
        }
        #expect(taken.holder == "me" && taken.transitions == 4)
    }

    @Test("of another one is left alone until it has not changed for its length on our own clock")
    func takeover() {
        var state = LeaseState(identity: "me")
        // Whatever time the other one's clock shows, and however old: it counts from when we saw it.
        #expect(state.decide(record("other", renewed: 1), now: at(0), time: time) == .leave(holder: "other"))
        #expect(state.decide(record("other", renewed: 1), now: at(14), time: time) == .leave(holder: "other"))
        #expect(state.decide(record("other", renewed: 2), now: at(14), time: time) == .leave(holder: "other"))
        #expect(state.decide(record("other", renewed: 2), now: at(28), time: time) == .leave(holder: "other"))
        guard case .write(let taken) = state.decide(record("other", renewed: 2), now: at(30), time: time) else {
            Issue.record("a lease that has ended is not taken over")
            return
        }
        #expect(taken.holder == "me" && taken.transitions == 4 && taken.acquireTime == time.microText)
    }

    @Test("that is longer than ours is believed")
    func longer() {
        var state = LeaseState(identity: "me")
        let long = record("other", duration: 60)
        _ = state.decide(long, now: at(0), time: time)
        #expect(state.decide(long, now: at(59), time: time) == .leave(holder: "other"))
        #expect(state.decide(long, now: at(60), time: time) != .leave(holder: "other"))
    }

    @Test("is led for the renew deadline from the beginning of the last try that succeeded")
    func renewal() {
        var state = LeaseState(identity: "me")
        #expect(state.leadsUntil == nil)
        state.wrote(record("me"), started: at(0))
        #expect(state.leadsUntil == at(10))
        guard case .write(let renewed) = state.decide(record("me"), now: at(2), time: time) else {
            Issue.record("our own lease is not renewed")
            return
        }
        #expect(renewed.transitions == 3 && renewed.acquireTime == record("me").acquireTime)
        #expect(renewed.renewTime == time.microText)
        state.wrote(renewed, started: at(2))
        #expect(state.leadsUntil == at(12))
        state.stepDown()
        #expect(!state.isLeading)
    }

    @Test("that is given back is taken at once")
    func release() {
        var state = LeaseState(identity: "me")
        let released = LeaseState(identity: "other").released(record("other"), time: time)
        #expect(state.decide(released, now: start, time: time) != .leave(holder: "other"))
    }

    @Test("times that would let two lead at once are pulled apart")
    func timing() {
        let timing = LeaseTiming(duration: .seconds(10), renewDeadline: .seconds(20), retryPeriod: .seconds(30))
        #expect(timing.renewDeadline == .seconds(8) && timing.retryPeriod == .seconds(4))
    }

    /// A store of one Lease with optimistic concurrency, as the API server has it.
    struct LeaseStore: Sendable {
        var lease: JSONValue?
        var version = 0
        /// Whether the server is away.
        var isDown = false

        mutating func answer(_ request: HTTPRequest) -> (Int, String) {
            if request.method == .get {
                return lease.map { (200, $0.serializedString()) } ?? (404, "{}")
            }
            guard var object = try? JSONValue(parsing: request.body) else { return (400, "{}") }
            let expected = object["metadata"]?["resourceVersion"]?.stringValue
            let current = lease?["metadata"]?["resourceVersion"]?.stringValue
            guard expected == current else { return (409, "{}") }
            version += 1
            var metadata = object["metadata"]
            metadata?["resourceVersion"] = .string("\(version)")
            object["metadata"] = metadata
            lease = object
            return (200, object.serializedString())
        }
    }

    @Test("two candidates never lead at once: one is cut off, one comes back, one resigns")
    func twoCandidates() async throws {
        let store = Shared(LeaseStore())
        try await FakeAPIServer.run { request, connection in
            // Whoever is cut off reaches nobody.
            if store.current.isDown, request.fields["User-Agent"] == "first" { throw FakeAPIServer.HangUp() }
            let (code, body) = store.change { $0.answer(request) }
            try await connection.answer(code, body)
        } _: { server in
            let timing = LeaseTiming(duration: .seconds(2), renewDeadline: .seconds(1), retryPeriod: .milliseconds(50))
            let key = ObjectKey(namespace: "ns", name: "leader")
            let electors = ["first", "second"].map { name in
                LeaderElector(
                    server.client { $0.userAgent = name },
                    key,
                    identity: name,
                    timing: timing,
                    logger: silent
                )
            }
            let leading = Shared<Set<String>>([])
            let reigns = Shared(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                @Sendable func reign(_ name: String) async {
                    leading.change { leaders in
                        #expect(leaders.isEmpty, "two lead at once")
                        leaders.insert(name)
                    }
                    reigns.change { $0 += 1 }
                    do { try await server.loop.sleep(until: .never) } catch {}
                    leading.change { _ = $0.remove(name) }
                }
                group.addTask { await electors[0].run { await reign("first") } }
                try await eventually(server.loop) { electors[0].isLeading }
                group.addTask { await electors[1].run { await reign("second") } }
                store.change { $0.isDown = true }
                try await eventually(server.loop) { leading.current == ["second"] }
                #expect(!electors[0].isLeading)
                store.change { $0.isDown = false }
                try await eventually(server.loop) { electors[0].holder == "second" }
                electors[1].resign()
                try await eventually(server.loop) { leading.current == ["first"] }
                electors[0].resign()
                try await group.waitForAll()
            }
            #expect(reigns.current == 3)
            let last = store.current.lease
            #expect(last?["spec"]?["holderIdentity"]?.stringValue == "")
            #expect(last?["spec"]?["leaseTransitions"]?.integerValue == 2)
        }
    }
}
