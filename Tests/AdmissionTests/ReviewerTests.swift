import Document
import Injection
import Kubernetes
import Testing
import VerneMQ

@testable import Admission

@Suite("The webhooks as functions")
struct ReviewerTests {
    @Test("a labelled StatefulSet is patched in its pod template and nowhere else")
    func injects() throws {
        let object = Fixture.statefulSet()
        let review = Fixture.reviewer.mutate(try Fixture.request(Fixture.review(object: object)))
        #expect(review.verdict == .injected)
        let answer = review.response.review["response"]
        #expect(answer?["uid"] == "0ae0b5a6-9b0e-4a1c-8a25-3f3c7f3a2f11")
        #expect(answer?["allowed"] == true)
        #expect(answer?["patchType"] == "JSONPatch")
        let encoded = try #require(answer?["patch"]?.stringValue)
        let patch = try JSONValue(parsing: try #require(Base64.decode(encoded)))
        let operations = try #require(patch.arrayValue)
        #expect(!operations.isEmpty)
        for operation in operations {
            let path = try #require(operation["path"]?.stringValue)
            #expect(path == "/spec/template" || path.hasPrefix("/spec/template/"), "\(path)")
        }
        let result = try JSONPatch(from: patch).apply(to: JSONValue(parsing: object))
        var rest = result
        rest["spec"]?["template"] = try JSONValue(parsing: object)["spec"]?["template"]
        #expect(rest == (try JSONValue(parsing: object)))
    }

    @Test("what was injected is left alone the second time, and passes the validating webhook")
    func secondPass() throws {
        let injected = try Fixture.injected()
        for replicas in [3, 5] {
            var scaled = try JSONValue(parsing: injected)
            scaled["spec"]?["replicas"] = .integer(Int64(replicas))
            let request = try Fixture.request(
                Fixture.review(operation: "UPDATE", object: scaled.serializedString(), oldObject: injected)
            )
            let mutation = Fixture.reviewer.mutate(request)
            #expect(mutation.verdict == .kept)
            #expect(mutation.response.patch == nil)
            #expect(mutation.response.review["response"]?["patchType"] == nil)
            let validation = Fixture.reviewer.validate(request)
            #expect(validation.verdict == .valid)
            #expect(validation.response.isAllowed)
        }
    }

    @Test("a labelled StatefulSet that slipped past the mutating webhook is refused, with the likely cause")
    func failsClosed() throws {
        let review = Fixture.reviewer.validate(try Fixture.request(Fixture.review(object: Fixture.statefulSet())))
        #expect(review.verdict == .refused)
        let status = try #require(review.response.denial)
        #expect(status.code == 422)
        #expect(status.message.contains("webhook"), "\(status.message)")
    }

    @Test("removing the label takes the injection out again")
    func strips() throws {
        let injected = try Fixture.injected()
        var unlabelled = try JSONValue(parsing: injected)
        unlabelled["metadata"]?["labels"]?["vmq.k8s.vernemq.com/inject"] = nil as JSONValue?
        let request = try Fixture.request(
            Fixture.review(operation: "UPDATE", object: unlabelled.serializedString(), oldObject: injected)
        )
        let review = Fixture.reviewer.mutate(request)
        #expect(review.verdict == .stripped)
        let result = try #require(review.response.patch).apply(to: unlabelled)
        let original = try JSONValue(parsing: Fixture.statefulSet())
        #expect(result["spec"]?["template"]?.isEquivalent(to: original["spec"]?["template"] ?? nil) == true)
    }

    @Test("a refusal lists every finding, in the message and as a cause with its field")
    func refuses() throws {
        let object = Fixture.statefulSet(
            annotations: #""vmq.k8s.vernemq.com/join-timeout":"soon","vmq.k8s.vernemq.com/leave":"perhaps","#,
            serviceName: ""
        )
        let review = Fixture.reviewer.mutate(try Fixture.request(Fixture.review(object: object)))
        #expect(review.verdict == .refused)
        #expect(review.response.patch == nil)
        let answer = try #require(review.response.review["response"])
        #expect(answer["allowed"] == false)
        #expect(answer["patch"] == nil)
        let status = try #require(answer["status"])
        #expect(status["code"] == 422)
        #expect(status["reason"] == "Invalid")
        #expect(status["details"]?["name"] == "mqtt")
        #expect(status["details"]?["kind"] == "StatefulSet")
        #expect(status["details"]?["group"] == "apps")
        let causes = try #require(status["details"]?["causes"]?.arrayValue)
        let fields = causes.compactMap { $0["field"]?.stringValue }
        for field in [
            "spec.serviceName", "metadata.annotations[vmq.k8s.vernemq.com/join-timeout]",
            "metadata.annotations[vmq.k8s.vernemq.com/leave]",
        ] {
            #expect(fields.contains(field), "\(fields)")
        }
        let lines = try #require(status["message"]?.stringValue).split(separator: "\n")
        #expect(lines.count == causes.count + 1)
        #expect(lines.first == "StatefulSet demo/mqtt is refused for \(causes.count) reasons:")
    }

    /// Requests that are none of the mutating webhook's business, and what they are called.
    static let untouched: [(review: String, verdict: ReviewVerdict)] = [
        (Fixture.review(object: Fixture.statefulSet(label: "")), .notSelected),
        (
            Fixture.review(object: Fixture.statefulSet(label: #""vmq.k8s.vernemq.com/inject":"disabled","#)),
            .notSelected
        ),
        (Fixture.review(operation: "DELETE", object: "null", oldObject: Fixture.statefulSet()), .ignored),
        (Fixture.review(operation: "CONNECT", object: "{}"), .ignored),
        (Fixture.review(subResource: "scale", object: Fixture.statefulSet()), .ignored),
        (Fixture.review(kind: #"{"group":"apps","version":"v1","kind":"Deployment"}"#, object: "{}"), .ignored),
        (Fixture.review(kind: Fixture.configMapKind, object: Fixture.configMap("")), .ignored),
        (Fixture.review(kind: Fixture.verneMQKind, object: "{}"), .ignored),
    ]

    @Test("what has not opted in, and what is no StatefulSet, is allowed untouched", arguments: untouched)
    func leavingAlone(review: String, verdict: ReviewVerdict) throws {
        let review = Fixture.reviewer.mutate(try Fixture.request(review))
        #expect(review.verdict == verdict)
        #expect(review.response.review["response"] == ["uid": .string(review.response.uid), "allowed": true])
    }

    @Test("an object that is being deleted is let go as it is, by both webhooks", arguments: ["CREATE", "UPDATE"])
    func deletion(operation: String) throws {
        let broken = Fixture.statefulSet(serviceName: "")
            .replacing(#""creationTimestamp":null,"l"#, with: #""deletionTimestamp":"2026-01-01T00:00:00Z","l"#)
        #expect(broken.contains("deletionTimestamp"))
        let request = try Fixture.request(
            Fixture.review(
                operation: operation,
                object: broken,
                oldObject: operation == "CREATE" ? "null" : Fixture.statefulSet()
            )
        )
        for review in [Fixture.reviewer.mutate(request), Fixture.reviewer.validate(request)] {
            #expect(review.response.isAllowed, "\(review.response.denial?.message ?? "")")
            #expect(review.response.patch == nil)
        }
    }

    @Test("a dry run is answered just like the real thing")
    func dryRun() throws {
        for object in [Fixture.statefulSet(), Fixture.statefulSet(serviceName: "")] {
            let wet = Fixture.reviewer.mutate(try Fixture.request(Fixture.review(object: object)))
            let dry = Fixture.reviewer.mutate(try Fixture.request(Fixture.review(object: object, dryRun: true)))
            #expect(wet.response.review == dry.response.review)
        }
    }

    /// Objects for the validating webhook: kind, object, verdict, and the fields that are refused.
    static let validations: [(kind: String, object: String, verdict: ReviewVerdict, fields: [String])] = [
        (Fixture.configMapKind, Fixture.configMap(#","data":{"vernemq.conf":"allow_anonymous = off\n"}"#), .valid, []),
        (Fixture.configMapKind, Fixture.configMap(label: "other", ""), .ignored, []),
        (Fixture.configMapKind, Fixture.configMap(""), .refused, ["data[vernemq.conf]"]),
        (
            Fixture.configMapKind, Fixture.configMap(#","data":{"vernemq.config":"x"}"#), .refused,
            ["data[vernemq.conf]"]
        ),
        (Fixture.configMapKind, Fixture.configMap(#","data":{"vernemq.conf":null}"#), .refused, ["data[vernemq.conf]"]),
        (
            Fixture.configMapKind, Fixture.configMap(#","data":{"vernemq.conf":"a\nb\u0000"}"#), .refused,
            ["data[vernemq.conf]:1:1", "data[vernemq.conf]:2:1"]
        ),
        (
            Fixture.configMapKind, Fixture.configMap(#","binaryData":{"vernemq.conf":"AAAA"}"#), .refused,
            ["binaryData[vernemq.conf]"]
        ),
        (
            Fixture.configMapKind,
            Fixture.configMap(#","data":{"vernemq.conf":"\#(String(repeating: "#", count: 256 * 1024 + 1))"}"#),
            .refused,
            ["data[vernemq.conf]"]
        ),
        (
            Fixture.verneMQKind,
            #"{"apiVersion":"vmq.k8s.vernemq.com/v1alpha1","kind":"VerneMQ","metadata":{"name":"m"},"spec":{"size":3}}"#,
            .valid, []
        ),
        (
            Fixture.verneMQKind,
            #"{"apiVersion":"vmq.k8s.vernemq.com/v1alpha1","kind":"VerneMQ","metadata":{"name":"m"},"spec":{"size":"x"}}"#,
            .refused, ["spec.size"]
        ),
        (
            Fixture.verneMQKind,
            """
            {"apiVersion":"vmq.k8s.vernemq.com/v1alpha1","kind":"VerneMQ",
            "metadata":{"name":"m","deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{"size":"x"}}
            """, .ignored, []
        ),
        (#"{"group":"","version":"v1","kind":"Pod"}"#, "{}", .ignored, []),
        (#"{"group":"apps","version":"v1","kind":"StatefulSet"}"#, Fixture.statefulSet(label: ""), .valid, []),
    ]

    @Test("the validating webhook judges what it knows and ignores the rest", arguments: validations)
    func validates(kind: String, object: String, verdict: ReviewVerdict, fields: [String]) throws {
        let review = Fixture.reviewer.validate(try Fixture.request(Fixture.review(kind: kind, object: object)))
        #expect(review.verdict == verdict)
        #expect(review.response.isAllowed == (verdict != .refused))
        #expect(review.response.patch == nil)
        #expect((review.response.denial?.causes.map(\.field) ?? []) == fields)
    }

    @Test("an empty configuration draws a warning")
    func warnings() throws {
        let object = Fixture.configMap(#","data":{"vernemq.conf":" \n"}"#)
        let review = Fixture.reviewer.validate(
            try Fixture.request(Fixture.review(kind: Fixture.configMapKind, object: object))
        )
        #expect(review.verdict == .valid)
        #expect(review.response.warnings.count == 1)
        #expect(review.response.review["response"]?["warnings"]?[0]?.stringValue == review.response.warnings.first)
    }

    @Test("a patch is made only if nothing but the template differs, and none if nothing does")
    func templatePatch() throws {
        let object: JSONValue = ["spec": ["template": ["a": 1], "replicas": 1]]
        #expect(try TemplatePatch.make(from: object, to: object) == nil)
        let target: JSONValue = ["spec": ["template": ["a": 1, "b/c": [2]], "replicas": 1]]
        let patch = try #require(try TemplatePatch.make(from: object, to: target))
        #expect(patch.jsonValue == [["op": "add", "path": "/spec/template/b~1c", "value": [2]]])
        for other: JSONValue in [
            ["spec": ["template": ["a": 2], "replicas": 2]], ["spec": ["replicas": 1]], [:], nil,
            ["spec": ["template": ["a": 1], "replicas": 1], "status": [:]],
        ] {
            #expect(throws: ReviewFault.changedOutsideTemplate) { try TemplatePatch.make(from: object, to: other) }
        }
    }

    @Test("a fault of our own denies by default and says so; the other policy allows with a warning")
    func faults() throws {
        let request = try Fixture.request(Fixture.review(object: Fixture.statefulSet()))
        let denied = Fixture.reviewer.failure(of: request, .patchMissesTarget)
        #expect(denied.verdict == .failed)
        #expect(denied.response.denial?.code == 500)
        #expect(denied.response.denial?.reason == .internalError)
        let lenient = Reviewer(injector: Injector(version: "0.0.0-test"), onInternalError: .allow)
        let allowed = lenient.failure(of: request, .patchMissesTarget)
        #expect(allowed.verdict == .failed)
        #expect(allowed.response.isAllowed)
        #expect(allowed.response.warnings.count == 1)
    }

    @Test("a resource's plugins are held against the operator's policy")
    func pluginPolicy() throws {
        let resource = """
            {"apiVersion":"vmq.k8s.vernemq.com/v1alpha1","kind":"VerneMQ","metadata":{"name":"mqtt","namespace":"demo"},\
            "spec":{"externalPlugins":[{"applicationName":"a","repoURL":"https://git.example.org/a","versionType":"branch",\
            "version":"main"}]}}
            """
        let kind = #"{"group":"vmq.k8s.vernemq.com","version":"v1alpha1","kind":"VerneMQ"}"#
        let request = try Fixture.request(Fixture.review(kind: kind, object: resource))
        let open = Fixture.reviewer.validate(request)
        #expect(open.response.isAllowed && open.response.warnings.count == 1, "a branch can move")
        let policy = PluginPolicy(patterns: [try PluginSourcePattern("other.example/*")])
        let strict = Reviewer(injector: Injector(version: "0.0.0-test", pluginPolicy: policy)).validate(request)
        #expect(strict.response.denial?.message.contains("spec.externalPlugins[0].repoURL") == true)
    }

    @Test("an answer lists a bounded number of findings, however many there are")
    func manyFindings() {
        let findings = (0..<1000).map { Finding(.error, path: "spec.a[\($0)]", value: "x", problem: "p", remedy: "r") }
        #expect(FindingText.causes(findings).count == 64)
        let lines = FindingText.message(findings, kind: "StatefulSet", name: "demo/mqtt").split(separator: "\n")
        #expect(lines.count == 66)
        #expect(lines.last == "- … and 936 more")
        let single = FindingText.message([findings[0]], kind: "StatefulSet", name: "demo/mqtt")
        #expect(single == "StatefulSet demo/mqtt is refused: spec.a[0]: \"x\": p: r")
    }
}
