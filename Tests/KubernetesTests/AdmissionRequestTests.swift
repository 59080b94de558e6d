import Document
import Kubernetes
import Testing

@Suite("Reading admission reviews")
struct AdmissionRequestTests {
    @Test("the envelope of an update")
    func update() throws {
        let request = try AdmissionRequest(reading: Array(Self.update.utf8))
        #expect(request.uid == "705ab4f5-6393-11e8-b7cc-42010a800002")
        #expect(request.kind == .statefulSet)
        #expect(request.resource == "statefulsets")
        #expect(request.subResource == nil)
        #expect(request.name == "mqtt")
        #expect(request.namespace == "demo")
        #expect(request.operation == .update)
        #expect(request.userName == "jane")
        #expect(request.isDryRun)
        #expect(request.object?.value()["spec"]?["replicas"] == 3)
        #expect(request.oldObject?.value()["spec"]?["replicas"] == 2)
        #expect(request.displayName == "demo/mqtt")
    }

    @Test(
        "what may be absent, null or empty",
        arguments: [
            ("", nil as String?, "(unnamed)"),
            (
                #","name":"","namespace":"","subResource":"","dryRun":null,"userInfo":null,"resource":null"#, nil,
                "(unnamed)"
            ),
            (#","namespace":"demo","subResource":"scale","userInfo":{},"resource":{}"#, "scale", "demo/(unnamed)"),
        ]
    )
    func optional(members: String, subResource: String?, displayName: String) throws {
        let body = """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE",
            "kind":{"group":"","version":"v1","kind":"Pod"},"object":{"metadata":{"generateName":""}}\(members)}}
            """
        let request = try AdmissionRequest(reading: Array(body.utf8))
        #expect(request.subResource == subResource)
        #expect(request.displayName == displayName)
        #expect(request.userName == "")
        #expect(request.resource == "")
        #expect(!request.isDryRun)
        #expect(request.oldObject == nil)
    }

    @Test("a deletion has only the old object, a connection none, and a generated name is shown by its prefix")
    func otherOperations() throws {
        func read(_ members: String) throws -> AdmissionRequest {
            let body = """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",
                "request":{"uid":"u","kind":{"version":"v1","kind":"Pod"},\(members)}}
                """
            return try AdmissionRequest(reading: Array(body.utf8))
        }
        let deletion = try read(#""operation":"DELETE","object":null,"oldObject":{"metadata":{"name":"a"}}"#)
        #expect(deletion.operation == .delete)
        #expect(deletion.object == nil)
        #expect(deletion.oldObject != nil)
        let connection = try read(#""operation":"CONNECT","subResource":"exec""#)
        #expect(connection.operation == .connect)
        let creation = try read(#""operation":"CREATE","object":{"metadata":{"generateName":"mqtt-"}}"#)
        #expect(creation.displayName == "mqtt-…")
    }

    /// A body, and what must be said about it: code, path, position and a word of the problem.
    struct Refusal: CustomTestStringConvertible, Sendable {
        var body: String
        var code: AdmissionReviewError.Code
        var path = ""
        var line: Int?
        var column: Int?
        var words: [String]

        var testDescription: String { "\(code.rawValue) \(path): \(body.prefix(60))" }
    }

    static let refusals: [Refusal] = [
        Refusal(body: "", code: .empty, words: ["no body"]),
        Refusal(body: " \r\n\t", code: .empty, words: ["no body"]),
        Refusal(body: "hello", code: .notJSON, line: 1, column: 1, words: ["not JSON", "'h'"]),
        Refusal(body: "{\n  \"ä\": oops}", code: .notJSON, line: 2, column: 8, words: ["'o'", "expected"]),
        Refusal(body: "{\"a\":1,\"a\":2}", code: .notJSON, line: 1, column: 8, words: ["not JSON"]),
        Refusal(body: "[]", code: .notAReview, line: 1, column: 1, words: ["an array"]),
        Refusal(body: "{}", code: .notAReview, line: 1, column: 1, words: ["no \"kind\""]),
        Refusal(
            body: #"{"apiVersion":"v1","kind":"Pod"}"#,
            code: .notAReview,
            path: "kind",
            line: 1,
            column: 27,
            words: ["v1 Pod", "AdmissionReview"]
        ),
        Refusal(
            body: #"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"u"}}"#,
            code: .unsupportedVersion,
            path: "apiVersion",
            line: 1,
            column: 15,
            words: [
                "admission.k8s.io/v1beta1 is not supported", "only admission.k8s.io/v1 is", "admissionReviewVersions",
            ]
        ),
        Refusal(body: envelope("null"), code: .missingField, path: "request", line: 1, column: 1, words: ["absent"]),
        Refusal(body: envelope("7"), code: .invalidField, path: "request", words: ["a number", "an object"]),
        Refusal(body: envelope("{}"), code: .missingField, path: "request.uid", words: ["absent"]),
        Refusal(body: envelope(#"{"uid":""}"#), code: .missingField, path: "request.uid", words: ["empty"]),
        Refusal(
            body: envelope(#"{"uid":5}"#),
            code: .invalidField,
            path: "request.uid",
            words: ["a number", "a string"]
        ),
        Refusal(body: envelope(#"{"uid":"u"}"#), code: .missingField, path: "request.operation", words: ["absent"]),
        Refusal(
            body: envelope(#"{"uid":"u","operation":"PATCH"}"#),
            code: .invalidField,
            path: "request.operation",
            words: ["PATCH", "CREATE, UPDATE, DELETE, CONNECT"]
        ),
        Refusal(
            body: envelope(#"{"uid":"u","operation":"CREATE"}"#),
            code: .missingField,
            path: "request.kind",
            words: []
        ),
        Refusal(
            body: envelope(#"{"uid":"u","operation":"CREATE","kind":{"version":"v1"}}"#),
            code: .missingField,
            path: "request.kind.kind",
            words: []
        ),
        Refusal(
            body: envelope(#"{"uid":"u","operation":"CREATE","kind":{"version":"v1","kind":"Pod"}}"#),
            code: .missingField,
            path: "request.object",
            words: []
        ),
        Refusal(
            body: envelope(#"{"uid":"u","operation":"UPDATE","kind":{"version":"v1","kind":"Pod"},"object":{}}"#),
            code: .missingField,
            path: "request.oldObject",
            words: []
        ),
        Refusal(
            body: envelope(#"{"uid":"u","operation":"CREATE","kind":{"version":"v1","kind":"Pod"},"object":"x"}"#),
            code: .invalidField,
            path: "request.object",
            words: ["a string", "an object"]
        ),
        Refusal(
            body: envelope(#"{"uid":"u","operation":"DELETE","kind":{"version":"v1","kind":"Pod"},"dryRun":"yes"}"#),
            code: .invalidField,
            path: "request.dryRun",
            words: ["true or false"]
        ),
        Refusal(
            body: envelope(#"{"uid":"u","operation":"DELETE","kind":{"version":"v1","kind":"Pod"},"userInfo":[]}"#),
            code: .invalidField,
            path: "request.userInfo",
            words: ["an array"]
        ),
    ]

    static func envelope(_ request: String) -> String {
        #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":\#(request)}"#
    }

    @Test("what is no review is refused with the reason and the place", arguments: refusals)
    func refusal(_ refusal: Refusal) throws {
        let error = try #require(throws: AdmissionReviewError.self) {
            _ = try AdmissionRequest(reading: Array(refusal.body.utf8))
        }
        #expect(error.code == refusal.code)
        #expect(error.path == refusal.path)
        #expect((error.position == nil) == (refusal.code == .empty))
        if let line = refusal.line, let column = refusal.column {
            #expect(error.position?.line == line)
            #expect(error.position?.column == column)
        }
        for word in refusal.words { #expect(error.description.contains(word), "\(error)") }
        let status = error.status.jsonValue
        #expect(status["code"] == 400)
        #expect(status["reason"] == "BadRequest")
        #expect(status["message"]?.stringValue == error.description)
        #expect(status["details"]?["causes"]?[0]?["field"]?.stringValue == (error.path.isEmpty ? nil : error.path))
    }

    @Test("an absent field is placed at the object that lacks it")
    func placeOfAbsence() throws {
        let body = "{\"apiVersion\":\"admission.k8s.io/v1\",\n\"kind\":\"AdmissionReview\",\n \"request\":{}}"
        let error = try #require(throws: AdmissionReviewError.self) {
            _ = try AdmissionRequest(reading: Array(body.utf8))
        }
        #expect(error.position == AdmissionReviewError.Position(offset: 74, in: Array(body.utf8)))
        #expect(error.description.hasPrefix("request.uid at line 3, column 12 (offset 74): "))
    }

    @Test("no prefix of a review, and no review with one byte changed, does more than be refused")
    func mutations() {
        let bytes = Array(Self.update.utf8)
        for end in bytes.indices {
            #expect(throws: AdmissionReviewError.self) { _ = try AdmissionRequest(reading: Array(bytes[..<end])) }
        }
        for index in bytes.indices {
            for replacement: UInt8 in [0x00, 0x22, 0x5B, 0x7D, 0xFF, 0x30] {
                var changed = bytes
                changed[index] = replacement
                do {
                    let request = try AdmissionRequest(reading: changed)
                    #expect(!request.uid.isEmpty)
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }

    static let update = """
        {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{
        "uid":"705ab4f5-6393-11e8-b7cc-42010a800002","kind":{"group":"apps","version":"v1","kind":"StatefulSet"},
        "resource":{"group":"apps","version":"v1","resource":"statefulsets"},"name":"mqtt","namespace":"demo",
        "operation":"UPDATE","userInfo":{"username":"jane","groups":["system:authenticated"]},"dryRun":true,
        "object":{"apiVersion":"apps/v1","kind":"StatefulSet","spec":{"replicas":3}},
        "oldObject":{"apiVersion":"apps/v1","kind":"StatefulSet","spec":{"replicas":2}},
        "options":{"kind":"UpdateOptions","apiVersion":"meta.k8s.io/v1"}}}
        """
}
