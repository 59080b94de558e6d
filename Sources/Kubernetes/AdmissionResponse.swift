public import Document

/// What a webhook answers. It is made from the request, so that the uid cannot be forgotten or mixed up.
public struct AdmissionResponse: Sendable {
    /// The request's uid.
    public let uid: String
    /// Why the request is denied; nil if it is allowed.
    public let denial: APIStatus?
    /// What is to be changed in the object; nil for nothing. A denied request changes nothing.
    public let patch: JSONPatch?
    /// What the user should be told, cleaned and bounded by ``AdmissionWarnings``.
    public let warnings: [String]

    /// Allows a request, with changes if `patch` has any.
    public init(allowing request: AdmissionRequest, patch: JSONPatch? = nil, warnings: [String] = []) {
        uid = request.uid
        denial = nil
        self.patch = patch.flatMap { $0.operations.isEmpty ? nil : $0 }
        self.warnings = AdmissionWarnings.bounded(warnings)
    }

    /// Denies a request.
    public init(denying request: AdmissionRequest, _ status: APIStatus, warnings: [String] = []) {
        uid = request.uid
        denial = status
        patch = nil
        self.warnings = AdmissionWarnings.bounded(warnings)
    }

    /// Whether the request may go on.
    public var isAllowed: Bool { denial == nil }

    /// The whole `AdmissionReview` that carries the answer.
    public var review: JSONValue {
        var response: JSONObject = ["uid": .string(uid), "allowed": .bool(isAllowed)]
        if let denial { response["status"] = denial.jsonValue }
        if let patch {
            response["patchType"] = "JSONPatch"
            response["patch"] = .string(Base64.encode(patch.jsonValue.serialized()))
        }
        if !warnings.isEmpty { response["warnings"] = .array(warnings.map(JSONValue.string)) }
        return [
            "apiVersion": .string(ResourceKind.admissionReview.apiVersion),
            "kind": .string(ResourceKind.admissionReview.kind),
            "response": .object(response),
        ]
    }

    /// The JSON text of ``review``. A patch is nearly all of it, and Base64 needs no escapes: it goes there directly, where
    /// a ``JSONValue`` would have it copied twice and looked through once.
    public func serialized() -> [UInt8] {
        guard let patch else { return review.serialized() }
        let kind = ResourceKind.admissionReview
        var text: [UInt8] = []
        func append(_ part: String) { text.append(contentsOf: part.utf8) }
        func append(_ value: JSONValue) { text += value.serialized() }
        append(#"{"apiVersion":"#)
        append(.string(kind.apiVersion))
        append(#","kind":"#)
        append(.string(kind.kind))
        append(#","response":{"uid":"#)
        append(.string(uid))
        append(#","allowed":true,"patchType":"JSONPatch","patch":""#)
        Base64.append(patch.jsonValue.serialized(), to: &text)
        append("\"")
        if !warnings.isEmpty {
            append(#","warnings":"#)
            append(.array(warnings.map(JSONValue.string)))
        }
        append("}}")
        return text
    }
}
