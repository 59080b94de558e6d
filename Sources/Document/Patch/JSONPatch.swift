/// A list of changes to a JSON document (RFC 6902).
public struct JSONPatch: Sendable, Hashable {
    /// The steps, in the order in which they are done.
    public var operations: [PatchOperation]

    /// A patch from its steps.
    public init(_ operations: [PatchOperation] = []) {
        self.operations = operations
    }

    /// Whether the patch changes nothing because it has no steps.
    public var isEmpty: Bool { operations.isEmpty }

    /// The patch as a document: what an AdmissionResponse carries in base64.
    public var jsonValue: JSONValue { .array(operations.map(\.jsonValue)) }

    /// Reads a patch document. Members that RFC 6902 does not define are ignored, as its §4 demands.
    ///
    /// - Throws: ``JSONPatchError`` that names the operation which is not one.
    public init(from document: JSONValue) throws(JSONPatchError) {
        guard let entries = document.arrayValue else {
            throw JSONPatchError(
                .notAPatch,
                operation: nil,
                path: nil,
                problem: "a JSON patch is an array of operations, this is of kind \(document.kind.rawValue)"
            )
        }
        operations = []
        operations.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            operations.append(try Reader(entry: entry, index: index).operation())
        }
    }

    /// Reads one operation.
    private struct Reader {
        let entry: JSONValue
        let index: Int

        func operation() throws(JSONPatchError) -> PatchOperation {
            guard entry.kind == .object else {
                throw failure(.notAPatch, "an operation is an object, this is of kind \(entry.kind.rawValue)")
            }
            let name = try string("op")
            switch name {
            case "add": return .add(path: try pointer("path"), value: try value())
            case "remove": return .remove(path: try pointer("path"))
            case "replace": return .replace(path: try pointer("path"), value: try value())
            case "move": return .move(from: try pointer("from"), path: try pointer("path"))
            case "copy": return .copy(from: try pointer("from"), path: try pointer("path"))
            case "test": return .test(path: try pointer("path"), value: try value())
            default:
                throw failure(
                    .notAPatch,
                    "\"\(name)\" is no operation: write add, remove, replace, move, copy or test"
                )
            }
        }

        private func string(_ member: String) throws(JSONPatchError) -> String {
            guard let value = entry[member] else { throw failure(.notAPatch, "the member \"\(member)\" is missing") }
            guard let text = value.stringValue else {
                throw failure(
                    .notAPatch,
                    "the member \"\(member)\" must be a string, it is of kind \(value.kind.rawValue)"
                )
            }
            return text
        }

        private func pointer(_ member: String) throws(JSONPatchError) -> JSONPointer {
            let text = try string(member)
            do throws(JSONPointerError) {
                return try JSONPointer(parsing: text)
            } catch {
                throw failure(.invalidPointer, "the member \"\(member)\" is no place: \(error)")
            }
        }

        private func value() throws(JSONPatchError) -> JSONValue {
            guard let value = entry["value"] else { throw failure(.notAPatch, "the member \"value\" is missing") }
            return value
        }

        private func failure(_ code: JSONPatchError.Code, _ problem: String) -> JSONPatchError {
            JSONPatchError(code, operation: index, path: nil, problem: problem)
        }
    }
}
