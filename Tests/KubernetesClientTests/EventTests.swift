import Document
import HTTP
import Kubernetes
import KubernetesClient
import Telemetry
import Testing
import Transport

@Suite("Events", .timeLimit(.minutes(3)))
struct EventTests {
    let start = Deadline.now
    let time = Timestamp(seconds: 1_800_000_000)

    private func subject(_ name: String) -> EventSubject {
        EventSubject(kind: .statefulSet, namespace: "ns", name: name, uid: "uid-\(name)")
    }

    private func note(_ name: String, _ message: String) -> EventNote {
        EventNote(subject(name), .warning, reason: "Tested", message: message)
    }

    @Test("the same again only counts")
    func series() {
        var correlator = EventCorrelator()
        guard case .create(let name, _, let first) = correlator.take(note("a", "m"), now: start, time: time) else {
            Issue.record("the first time makes no event")
            return
        }
        let again = correlator.take(note("a", "m"), now: start, time: Timestamp(seconds: time.seconds + 5))
        #expect(again == .update(name: name, note: note("a", "m"), first: first, count: 2))
        correlator.lost(name)
        guard case .create = correlator.take(note("a", "m"), now: start, time: time) else {
            Issue.record("an event that is gone is not made again")
            return
        }
    }

    @Test("many alike become one")
    func aggregation() {
        var correlator = EventCorrelator()
        var names: Set<String> = []
        for index in 0..<20 {
            let moment = Timestamp(seconds: time.seconds + index)
            switch correlator.take(note("a", "message \(index)"), now: start, time: moment) {
            case .create(let name, let note, _), .update(let name, let note, _, _):
                names.insert(name)
                #expect(note.message.hasPrefix("(combined") == (index >= 10))
            case .drop: Issue.record("dropped at \(index)")
            }
        }
        #expect(names.count == 11)
    }

    @Test("an object that will not be quiet is heard 25 times, and then once in five minutes; others are heard")
    func spam() {
        var correlator = EventCorrelator()
        let outcomes = (0..<40).map { _ in correlator.take(note("a", "m"), now: start, time: time) }
        #expect(outcomes.count { $0 != .drop } == 25)
        #expect(correlator.take(note("b", "m"), now: start, time: time) != .drop)
        let later = start.advanced(by: .seconds(301))
        #expect(correlator.take(note("a", "m"), now: later, time: time) != .drop)
        #expect(correlator.take(note("a", "m"), now: later, time: time) == .drop)
    }

    @Test("a message that is too long is cut between characters")
    func length() {
        var correlator = EventCorrelator()
        let long = String(repeating: "ä", count: 2000)
        guard case .create(_, let note, _) = correlator.take(note("a", long), now: start, time: time) else {
            Issue.record("no event")
            return
        }
        #expect(note.message.utf8.count <= 1024 && note.message.hasSuffix("…"))
    }

    @Test("are sent with what kubectl describe looks for, again when the server is away, anew when they have gone")
    func sending() async throws {
        let requests = Shared<[String]>([])
        let bodies = Shared<[JSONValue]>([])
        try await FakeAPIServer.run { request, connection in
            requests.change { $0.append(request.method.rawValue) }
            let body = try JSONValue(parsing: request.body)
            bodies.change { $0.append(body) }
            switch requests.current.count {
            case 1: try await connection.answer(503, status: "ServiceUnavailable", "later")
            case 3: try await connection.answer(404, status: "NotFound", "it has gone")
            default: try await connection.answer(201, "{}")
            }
        } _: { server in
            let metrics = MetricRegistry()
            let recorder = EventRecorder(
                server.client(),
                component: "me",
                instance: "me-0",
                metrics: metrics,
                logger: silent
            )
            recorder.record(note("a", "m"))
            recorder.record(note("a", "m"))
            recorder.record(.normal, on: ["no": "name"], reason: "X", message: "x")
            recorder.drain()
            await recorder.run()
            recorder.record(note("late", "m"))
            let text = String(decoding: metrics.exposition(), as: UTF8.self)
            #expect(text.contains(#"vernemq_operator_events_total{type="Warning"} 2"#))
            #expect(text.contains(#"vernemq_operator_events_dropped_total{reason="unnamed"} 1"#))
            #expect(text.contains(#"vernemq_operator_events_dropped_total{reason="queue-full"} 1"#))
        }
        #expect(requests.current == ["POST", "POST", "PATCH", "POST"])
        #expect(bodies.current[1]["involvedObject"] == subject("a").reference)
        #expect(bodies.current[3]["count"]?.integerValue == 2)
    }
}

extension EventSubject {
    fileprivate var reference: JSONValue {
        ["apiVersion": "apps/v1", "kind": "StatefulSet", "name": .string(name), "namespace": "ns", "uid": .string(uid)]
    }
}
