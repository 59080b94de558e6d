import Admission
import Document
import Fuzzing
import HTTP
import Injection
import Kubernetes
import Logging
import Telemetry

/// Any bytes as the body of a review, and any JSON as the object of a good one: each is answered, with a review that an API
/// server can read; what is allowed with a patch has a patch that applies.
@main
struct FuzzReview {
    static func main() {
        Fuzzer.run { bytes in
            for path in ["/mutate", "/validate"] {
                check(bytes, path, uid: nil)
                guard let object = value(bytes), object.objectValue != nil else { continue }
                check(review(of: object), path, uid: uid)
            }
        }
    }

    private static let uid = "705ab4f5-6393-11e8-b7cc-42010a800002"

    private static let service = AdmissionService(
        reviewer: Reviewer(injector: Injector(version: "0.0.0")),
        metrics: AdmissionMetrics(registry: MetricRegistry()),
        logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() },
        bodyLimit: 1 << 20
    )

    private static func check(_ body: [UInt8], _ path: String, uid: String?) {
        var request = HTTPRequest(.post, path, body: body)
        request.fields["Content-Type"] = "application/json"
        let answer = service.respond(to: request)
        guard answer.status == .ok else {
            guard uid == nil else { Fuzzer.fail("a good review is answered with \(answer.status)") }
            return
        }
        guard let review = value(answer.body), let response = review["response"],
            let answered = response["uid"]?.stringValue, let isAllowed = response["allowed"]?.boolValue
        else { Fuzzer.fail("not a review: \(String(decoding: answer.body, as: UTF8.self))") }
        guard uid == nil || answered == uid else { Fuzzer.fail("another review's uid: \(answered)") }
        guard let text = response["patch"]?.stringValue else { return }
        guard isAllowed, response["patchType"]?.stringValue == "JSONPatch", let bytes = Base64.decode(text),
            let list = value(bytes), let object = value(body)?["request"]?["object"]
        else { Fuzzer.fail("a patch that nobody can read, or with a refusal") }
        do {
            _ = try JSONPatch(from: list).apply(to: object)
        } catch {
            Fuzzer.fail("a patch that does not apply: \(error)")
        }
    }

    private static func review(of object: JSONValue) -> [UInt8] {
        let kind = object["kind"]?.stringValue == "VerneMQ" ? "VerneMQ" : "StatefulSet"
        let group = kind == "VerneMQ" ? "vmq.k8s.vernemq.com" : "apps"
        let version = kind == "VerneMQ" ? "v1alpha1" : "v1"
        let resource = kind == "VerneMQ" ? "vernemqs" : "statefulsets"
        let review: JSONValue = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": [
                "uid": .string(uid),
                "kind": ["group": .string(group), "version": .string(version), "kind": .string(kind)],
                "resource": ["group": .string(group), "version": .string(version), "resource": .string(resource)],
                "name": "mqtt", "namespace": "default", "operation": "CREATE",
                "userInfo": ["username": "somebody"], "object": object, "oldObject": .null, "dryRun": false,
            ],
        ]
        return review.serialized()
    }

    private static func value(_ bytes: [UInt8]) -> JSONValue? {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            return nil
        }
    }
}
