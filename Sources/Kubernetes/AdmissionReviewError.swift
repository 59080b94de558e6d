/// Why a request body is not an admission review that this program answers.
///
/// None of these has a uid to answer with, or one that could be trusted, so the caller answers HTTP 400 with a ``APIStatus``.
public struct AdmissionReviewError: Error, Sendable, Hashable {
    /// What kind of fault it is: closed and free of dynamic text, so that it can label a metric.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// There is no body.
        case empty = "empty"
        /// The body is not JSON, or exceeds the parser's bounds.
        case notJSON = "not_json"
        /// JSON, and something else than an AdmissionReview request.
        case notAReview = "not_a_review"
        /// An AdmissionReview of a version other than v1.
        case unsupportedVersion = "unsupported_version"
        /// A field that must be there is absent, null or empty.
        case missingField = "missing_field"
        /// A field is of the wrong type or has an impossible value.
        case invalidField = "invalid_field"
    }

    /// Where in the body a fault is.
    public struct Position: Sendable, Hashable, CustomStringConvertible {
        /// Bytes before it.
        public var offset: Int
        /// Line, counted from 1.
        public var line: Int
        /// Column in Unicode scalars, counted from 1.
        public var column: Int

        /// Finds line and column of an offset; an offset beyond the text means its end.
        public init(offset: Int, in text: [UInt8]) {
            self.offset = min(max(offset, 0), text.count)
            line = 1
            column = 1
            for byte in text.prefix(self.offset) {
                if byte == UInt8(ascii: "\n") {
                    line += 1
                    column = 1
                } else if byte & 0xC0 != 0x80 {  // a continuation byte belongs to the scalar before it
                    column += 1
                }
            }
        }

        /// `line 3, column 14 (offset 98)`.
        public var description: String { "line \(line), column \(column) (offset \(offset))" }
    }

    /// What kind of fault it is.
    public var code: Code
    /// The JSON path of the value in question, `request.uid` say; empty for the document as a whole.
    public var path: String
    /// Where in the body it is, or for an absent field, where the object that lacks it begins; nil for an empty body.
    public var position: Position?
    /// What is wrong, as a clause without a full stop.
    public var problem: String
    /// What would be right, as a clause without a full stop.
    public var remedy: String
}

extension AdmissionReviewError: CustomStringConvertible {
    /// One sentence: path, position, problem, remedy.
    public var description: String {
        let place = [path, position?.description ?? ""].filter { !$0.isEmpty }.joined(separator: " at ")
        return place.isEmpty ? "\(problem): \(remedy)" : "\(place): \(problem): \(remedy)"
    }

    /// The body of the HTTP 400 that tells it.
    public var status: APIStatus {
        APIStatus(
            code: 400,
            reason: .badRequest,
            message: description,
            causes: path.isEmpty
                ? []
                : [
                    APIStatus.Cause(
                        code == .missingField ? .fieldValueRequired : .fieldValueInvalid,
                        field: path,
                        message: "\(problem): \(remedy)"
                    )
                ]
        )
    }
}
