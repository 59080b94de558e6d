import Document

/// Reads fields of a review off the tape and says exactly where one is missing or wrong.
struct AdmissionReviewReader {
    let tape: JSONTape
    let body: [UInt8]

    /// Checks the envelope and returns its `request`.
    func request() throws(AdmissionReviewError) -> JSONNode {
        let root = tape.root
        let expected = "send an AdmissionReview of admission.k8s.io/v1"
        guard root.kind == .object else {
            throw failure(.notAReview, "", root, problem: "the body is \(name(of: root))", remedy: expected)
        }
        guard let kind = root["kind"]?.string, let apiVersion = root["apiVersion"]?.string else {
            let problem = "the body has no \"kind\" and \"apiVersion\""
            throw failure(.notAReview, "", root, problem: problem, remedy: expected)
        }
        let found = ResourceKind(apiVersion: apiVersion, kind: kind)
        let supported = ResourceKind.admissionReview
        guard found.isSameKind(as: supported) else {
            let place = root["kind"] ?? root
            throw failure(.notAReview, "kind", place, problem: "the body is of \(found)", remedy: expected)
        }
        guard found.version == supported.version else {
            throw failure(
                .unsupportedVersion,
                "apiVersion",
                root["apiVersion"] ?? root,
                problem: "\(apiVersion) is not supported",
                remedy: "only \(supported.apiVersion) is; name it in the webhook's admissionReviewVersions"
            )
        }
        guard let request = try optionalObject("request", of: root, at: "") else {
            throw missing("request", of: root, at: "")
        }
        return request
    }

    func operation(of request: JSONNode) throws(AdmissionReviewError) -> AdmissionRequest.Operation {
        let text = try requiredString("operation", of: request, at: "request")
        guard let operation = AdmissionRequest.Operation(rawValue: text) else {
            let known = AdmissionRequest.Operation.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure(
                .invalidField,
                "request.operation",
                request["operation"] ?? request,
                problem: "unknown operation \"\(AdmissionWarnings.shortened(text, to: 32))\"",
                remedy: "one of \(known)"
            )
        }
        return operation
    }

    /// A string that must be there and not be empty.
    func requiredString(_ key: String, of object: JSONNode, at path: String) throws(AdmissionReviewError) -> String {
        guard let text = try optionalString(key, of: object, at: path) else { throw missing(key, of: object, at: path) }
        return text
    }

    /// A string; nil if it is absent, null or empty, which the API does not distinguish.
    func optionalString(_ key: String, of object: JSONNode, at path: String) throws(AdmissionReviewError) -> String? {
        guard let node = object[key], node.kind != .null else { return nil }
        guard let text = node.string else { throw wrongType(node, joined(path, key), expected: "a string") }
        return text.isEmpty ? nil : text
    }

    func requiredObject(_ key: String, of object: JSONNode, at path: String) throws(AdmissionReviewError) -> JSONNode {
        guard let node = try optionalObject(key, of: object, at: path) else { throw missing(key, of: object, at: path) }
        return node
    }

    /// An object; nil if it is absent or null.
    func optionalObject(_ key: String, of object: JSONNode, at path: String) throws(AdmissionReviewError) -> JSONNode? {
        guard let node = object[key], node.kind != .null else { return nil }
        guard node.kind == .object else { throw wrongType(node, joined(path, key), expected: "an object") }
        return node
    }

    func optionalBool(_ key: String, of object: JSONNode, at path: String) throws(AdmissionReviewError) -> Bool? {
        guard let node = object[key], node.kind != .null else { return nil }
        guard let flag = node.bool else { throw wrongType(node, joined(path, key), expected: "true or false") }
        return flag
    }

    func missing(_ key: String, of object: JSONNode, at path: String) -> AdmissionReviewError {
        failure(
            .missingField,
            joined(path, key),
            object,
            problem: "the field is absent or empty",
            remedy: "every AdmissionReview request of this operation has it"
        )
    }

    private func wrongType(_ node: JSONNode, _ path: String, expected: String) -> AdmissionReviewError {
        failure(.invalidField, path, node, problem: "the value is \(name(of: node))", remedy: "it must be \(expected)")
    }

    private func failure(
        _ code: AdmissionReviewError.Code,
        _ path: String,
        _ node: JSONNode,
        problem: String,
        remedy: String
    ) -> AdmissionReviewError {
        AdmissionReviewError(
            code: code,
            path: path,
            position: AdmissionReviewError.Position(offset: node.range.lowerBound, in: body),
            problem: problem,
            remedy: remedy
        )
    }

    private func joined(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    private func name(of node: JSONNode) -> String {
        switch node.kind {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
