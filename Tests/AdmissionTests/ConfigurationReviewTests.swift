import Document
import Kubernetes
import Testing

@testable import Admission

@Suite("Configurations before the webhooks")
struct ConfigurationReviewTests {
    private static func withVariable(_ name: String, _ value: String) -> String {
        Fixture.statefulSet().replacing(
            #""value":"yes"}"#,
            with: #""value":"yes"},{"name":"\#(name)","value":"\#(value)"}"#
        )
    }

    @Test("a setting that a broker would not start with is refused by the validating webhook, not by the injection")
    func badSetting() throws {
        let object = Self.withVariable("DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES", "many")
        let mutation = Fixture.reviewer.mutate(try Fixture.request(Fixture.review(object: object)))
        #expect(mutation.verdict == .injected)
        let injected = try Fixture.injected(object)
        let review = Fixture.reviewer.validate(try Fixture.request(Fixture.review(object: injected)))
        #expect(review.verdict == .refused)
        let fields = try #require(review.response.denial?.causes.map(\.field))
        #expect(fields.count == 1 && fields[0].hasSuffix(".value") && fields[0].contains(".env["), "\(fields)")

        var scaled = try JSONValue(parsing: injected)
        scaled["spec"]?["replicas"] = 5
        let update = Fixture.review(operation: "UPDATE", object: scaled.serializedString(), oldObject: injected)
        #expect(
            Fixture.reviewer.validate(try Fixture.request(update)).verdict == .valid,
            "what is there already does not stand in the way of scaling"
        )
    }

    @Test(
        "a setting that is unwise draws a warning from the mutating webhook, once",
        arguments: [
            ("DOCKER_VERNEMQ_ALLOW_ANONYMOUS", "on", 1), ("DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES", "30", 0),
        ]
    )
    func unwise(name: String, value: String, count: Int) throws {
        let object = Self.withVariable(name, value)
        let mutation = Fixture.reviewer.mutate(try Fixture.request(Fixture.review(object: object)))
        #expect(mutation.response.warnings.count == count, "\(mutation.response.warnings)")
        let injected = try Fixture.injected(object)
        let review = Fixture.reviewer.validate(try Fixture.request(Fixture.review(object: injected)))
        #expect(review.response.warnings.isEmpty)
        #expect(review.verdict == .valid)
    }

    @Test("what may not change of a resource is refused on UPDATE")
    func immutable() throws {
        func resource(_ spec: String) -> String {
            #"{"apiVersion":"vmq.k8s.vernemq.com/v1alpha1","kind":"VerneMQ","metadata":{"name":"m"},"spec":\#(spec)}"#
        }
        let claim = #"{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}"#
        let review = Fixture.reviewer.validate(
            try Fixture.request(
                Fixture.review(
                    operation: "UPDATE",
                    kind: Fixture.verneMQKind,
                    object: resource(#"{"size":3,"storage":{"volumeClaimTemplate":\#(claim)}}"#),
                    oldObject: resource(#"{"size":3}"#)
                )
            )
        )
        #expect(review.response.denial?.causes.map(\.field) == ["spec.storage"])
    }

    @Test("a change of a ConfigMap names the keys that apply live and those that wait")
    func change() throws {
        let review = Fixture.reviewer.validate(
            try Fixture.request(
                Fixture.review(
                    operation: "UPDATE",
                    kind: Fixture.configMapKind,
                    object: Fixture.configMap(
                        #","data":{"vernemq.conf":"max_inflight_messages = 5\nleveldb.maximum_memory.percent = 20\n"}"#
                    ),
                    oldObject: Fixture.configMap(#","data":{"vernemq.conf":"max_inflight_messages = 4\n"}"#)
                )
            )
        )
        #expect(review.verdict == .valid)
        #expect(review.response.warnings.count == 2, "\(review.response.warnings)")
    }
}
