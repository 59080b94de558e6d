import Document
import HTTP
import Logging
import Synchronization
import Telemetry
import Testing

@testable import Admission

/// A service with its metrics and its log at hand.
private struct Bench: Sendable {
    let service: AdmissionService
    let registry = MetricRegistry()
    private let lines = LineBox()

    /// Log lines as they come.
    private final class LineBox: Sendable {
        let lines = Mutex<[String]>([])
    }

    init(clients: Set<String> = []) {
        let box = lines
        let output = LogOutput { line in box.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        let logger = Logger(label: "test") { JSONLogHandler(label: $0, level: .debug, output: output) }
        service = AdmissionService(
            reviewer: Fixture.reviewer,
            metrics: AdmissionMetrics(registry: registry),
            logger: logger,
            bodyLimit: 1024 * 1024,
            clients: clients
        )
    }

    var log: [String] { lines.lines.withLock { $0 } }
    var metrics: String { String(decoding: registry.exposition(), as: UTF8.self) }

    func post(_ path: String, _ body: String, type: String? = "application/json") -> HTTPResponse {
        var request = HTTPRequest(.post, path, body: Array(body.utf8))
        request.fields["Content-Type"] = type
        return service.respond(to: request)
    }
}

@Suite("The webhooks behind HTTP")
struct AdmissionServiceTests {
    @Test("a review is answered with 200 and the same uid, counted, and logged without its contents")
    func review() throws {
        let bench = Bench()
        let object = Fixture.statefulSet(annotations: #""secret":"hunter2","#)
        let response = bench.post("/mutate?timeout=10s", Fixture.review(object: object))
        #expect(response.status == .ok)
        #expect(response.fields["Content-Type"] == "application/json")
        let answer = try JSONValue(parsing: response.body)["response"]
        #expect(answer?["uid"] == "0ae0b5a6-9b0e-4a1c-8a25-3f3c7f3a2f11")
        #expect(answer?["allowed"] == true)
        #expect(
            bench.metrics.contains(
                #"admission_requests_total{webhook="mutate",kind="StatefulSet",operation="CREATE",verdict="injected","#
                    + #"dry_run="false"} 1"#
            )
        )
        #expect(bench.metrics.contains(#"injections_total{verdict="injected",dry_run="false"} 1"#))
        #expect(bench.metrics.contains(#"admission_duration_seconds_count{webhook="mutate"} 1"#))
        #expect(bench.log.count == 1)
        let line = try JSONValue(parsing: try #require(bench.log.first))
        #expect(line["message"] == "admission")
        #expect(line["object"] == "demo/mqtt")
        #expect(line["operation"] == "CREATE")
        #expect(line["verdict"] == "injected")
        #expect(line["uid"] == "0ae0b5a6-9b0e-4a1c-8a25-3f3c7f3a2f11")
        #expect(line["dry_run"] == "false")
        #expect(line["duration_ms"] != nil)
        #expect(bench.log.allSatisfy { !$0.contains("hunter2") && !$0.contains("2.1.1-alpine") })
    }

    @Test("dry runs and refusals are counted as what they are")
    func counts() {
        let bench = Bench()
        _ = bench.post("/mutate", Fixture.review(object: Fixture.statefulSet(serviceName: ""), dryRun: true))
        _ = bench.post("/validate", Fixture.review(kind: #"{"version":"v1","kind":"Pod"}"#, object: "{}"))
        #expect(bench.metrics.contains(#"verdict="refused",dry_run="true"} 1"#))
        #expect(bench.metrics.contains(#"webhook="validate",kind="other",operation="CREATE",verdict="ignored""#))
        #expect(bench.log.contains { $0.contains(#""fields":"spec.serviceName""#) })
        #expect(!bench.metrics.contains(#"injections_total{verdict="ignored""#))
    }

    @Test("a validation is not counted as an injection")
    func validation() {
        let bench = Bench()
        _ = bench.post("/validate", Fixture.review(object: Fixture.statefulSet()))
        #expect(bench.metrics.contains(#"verdict="refused""#))
        #expect(!bench.metrics.contains("injections_total{"))
    }

    /// Requests that are no reviews: path, content type, body, and what they get.
    static let rejections:
        [(path: String, type: String?, body: String, status: HTTPStatus, label: String, words: String)] = [
            ("/", "application/json", "{}", 404, "path", "/mutate and /validate"),
            ("/mutate/", "application/json", "{}", 404, "path", "nothing at /mutate/"),
            ("/mutate", nil, "{}", 415, "content_type", "no content type"),
            ("/mutate", "text/plain", "{}", 415, "content_type", "text/plain"),
            ("/validate", "application/json-patch+json", "{}", 415, "content_type", "json-patch"),
            ("/validate", "application/json", "", 400, "empty", "no body"),
            ("/validate", "application/json", "{\"a\":\n x}", 400, "not_json", "line 2, column 2 (offset 7)"),
            ("/mutate", "Application/JSON ; charset=utf-8", "[]", 400, "not_a_review", "an array"),
            (
                "/mutate", "application/json", #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1"}"#,
                400,
                "unsupported_version", "v1beta1 is not supported"
            ),
            (
                "/mutate", "application/json",
                #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"operation":"CREATE"}}"#, 400,
                "missing_field", "request.uid at line 1, column 72"
            ),
            (
                "/mutate", "application/json",
                #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":7}}"#, 400,
                "invalid_field",
                "request.uid"
            ),
        ]

    @Test("what is no review is answered by a Status that says why and where", arguments: rejections)
    func rejecting(
        path: String,
        type: String?,
        body: String,
        status: HTTPStatus,
        label: String,
        words: String
    ) throws {
        let bench = Bench()
        let response = bench.post(path, body, type: type)
        #expect(response.status == status)
        #expect(response.fields["Content-Type"] == "application/json")
        let answer = try JSONValue(parsing: response.body)
        #expect(answer["kind"] == "Status")
        #expect(answer["code"] == .integer(Int64(status.code)))
        let message = try #require(answer["message"]?.stringValue)
        #expect(message.contains(words), "\(message)")
        #expect(bench.metrics.contains("admission_rejections_total{reason=\"\(label)\"} 1"))
        #expect(!bench.metrics.contains("admission_requests_total{"))
        #expect(bench.log.count == 1)
    }

    @Test("only POST is taken", arguments: [HTTPMethod.get, .head, .put, .delete, .options, "PROPFIND"])
    func methods(method: HTTPMethod) {
        let response = Bench().service.respond(to: HTTPRequest(method, "/mutate"))
        #expect(response.status == .methodNotAllowed)
        #expect(response.fields["Allow"] == "POST")
    }

    @Test("where clients are named, everybody else is forbidden")
    func clients() throws {
        let response = Bench(clients: ["kube-apiserver"]).post("/mutate", Fixture.review(object: Fixture.statefulSet()))
        #expect(response.status == 403)
        #expect(try JSONValue(parsing: response.body)["reason"] == "Forbidden")
    }

    @Test("a body with one byte changed gets an answer, whatever it says")
    func mutations() throws {
        let bench = Bench()
        let bytes = Array(Fixture.review(object: Fixture.statefulSet()).utf8)
        for index in bytes.indices where index % 7 == 0 {
            for replacement: UInt8 in [0x00, 0x22, 0x7D, 0x30] {
                var changed = bytes
                changed[index] = replacement
                var request = HTTPRequest(.post, "/mutate", body: changed)
                request.fields["Content-Type"] = "application/json"
                let response = bench.service.respond(to: request)
                #expect(response.status == .ok || response.status == .badRequest)
                #expect(throws: Never.self) { _ = try JSONValue(parsing: response.body) }
            }
        }
    }
}
