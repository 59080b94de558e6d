import Document
import Kubernetes
import Testing

@Suite("Answering admission reviews")
struct AdmissionResponseTests {
    private let request: AdmissionRequest

    init() throws {
        request = try AdmissionRequest(reading: Array(AdmissionRequestTests.update.utf8))
    }

    @Test("an allowed request is answered by its uid and nothing else")
    func allowed() {
        let expected: JSONValue = [
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "response": ["uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "allowed": true],
        ]
        #expect(AdmissionResponse(allowing: request).review == expected)
        #expect(AdmissionResponse(allowing: request, patch: JSONPatch([]), warnings: ["", "\n"]).review == expected)
    }

    @Test("a patch goes out in base64 and names its type")
    func patched() throws {
        let patch = JSONPatch([.add(path: JSONPointer("spec", "template", "a/b"), value: "ä")])
        let response = AdmissionResponse(allowing: request, patch: patch, warnings: ["mind the gap"])
        #expect(response.isAllowed)
        let answer = try #require(response.review["response"])
        #expect(answer["patchType"] == "JSONPatch")
        #expect(answer["warnings"] == ["mind the gap"])
        let encoded = try #require(answer["patch"]?.stringValue)
        let sent = try JSONValue(parsing: try #require(Base64.decode(encoded)))
        #expect(sent == [["op": "add", "path": "/spec/template/a~1b", "value": "ä"]])
    }

    @Test("the text of an answer is that of its review, whatever is in it", arguments: [0, 1, 2, 3, 50_000])
    func text(length: Int) {
        let value = JSONValue.string(
            String(repeating: "ä\"\n", count: length / 3) + String(repeating: "x", count: length % 3)
        )
        let patch = JSONPatch([.add(path: JSONPointer("spec"), value: value)])
        let status = APIStatus(code: 422, reason: .invalid, message: "no")
        for warnings in [[], ["one \"quoted\"", "two"]] {
            for response in [
                AdmissionResponse(allowing: request, patch: patch, warnings: warnings),
                AdmissionResponse(allowing: request, warnings: warnings),
                AdmissionResponse(denying: request, status, warnings: warnings),
            ] {
                #expect(response.serialized() == response.review.serialized())
            }
        }
    }

    @Test("a denial carries a whole Status, causes included")
    func denied() {
        let status = APIStatus(
            code: 422,
            reason: .invalid,
            message: "no",
            kind: .statefulSet,
            name: "mqtt",
            causes: [
                APIStatus.Cause(.fieldValueInvalid, field: "spec.serviceName", message: "empty"),
                APIStatus.Cause(.fieldValueRequired, field: "", message: "odd"),
            ]
        )
        let response = AdmissionResponse(denying: request, status, warnings: ["w"])
        #expect(!response.isAllowed)
        #expect(
            response.review["response"] == [
                "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
                "allowed": false,
                "status": [
                    "apiVersion": "v1", "kind": "Status", "metadata": [:], "status": "Failure", "message": "no",
                    "reason": "Invalid",
                    "details": [
                        "name": "mqtt", "group": "apps", "kind": "StatefulSet",
                        "causes": [
                            ["reason": "FieldValueInvalid", "message": "empty", "field": "spec.serviceName"],
                            ["reason": "FieldValueRequired", "message": "odd"],
                        ],
                    ],
                    "code": 422,
                ],
                "warnings": ["w"],
            ]
        )
        #expect(APIStatus(code: 404, reason: .notFound, message: "x").jsonValue["details"] == nil)
    }
}
