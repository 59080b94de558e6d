import Foundation

@testable import Document

/// Foundation's reading of a text, as a second opinion.
enum Oracle {
    /// - Throws: Foundation's error if it does not read the text.
    static func read(_ bytes: [UInt8]) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    /// Whether Foundation's objects mean the same as our value.
    ///
    /// Numbers are compared as `Double`s and may differ in the last places, where Foundation rounds wrongly; U+FEFF is left
    /// out of account, which Foundation drops from strings.
    static func agrees(_ object: Any, _ value: JSONValue) -> Bool {
        switch value {
        case .null: return object is NSNull
        case .bool(let value): return (object as? NSNumber)?.boolValue == value
        case .integer, .number:
            guard let number = object as? NSNumber, let value = value.doubleValue else { return false }
            return abs(number.doubleValue - value) <= abs(value) * 1e-13
        case .string(let text):
            guard let string = object as? String else { return false }
            return scalars(string) == scalars(text)
        case .array(let elements):
            guard let array = object as? [Any], array.count == elements.count else { return false }
            return zip(array, elements).allSatisfy { agrees($0, $1) }
        case .object(let members):
            guard let dictionary = object as? [String: Any], dictionary.count == members.count else { return false }
            let named = Dictionary(
                dictionary.map { (scalars($0.key), $0.value) },
                uniquingKeysWith: { first, _ in first }
            )
            return members.allSatisfy { key, value in named[scalars(key)].map { agrees($0, value) } ?? false }
        }
    }

    private static func scalars(_ text: String) -> [UInt32] {
        text.unicodeScalars.map(\.value).filter { $0 != 0xFEFF }
    }

    /// Whether two names of one object are the same to Foundation and not to us, so that it loses one of them.
    static func losesNames(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let object):
            Set(object.keys.map { $0.replacing("\u{FEFF}", with: "") }).count < object.count
                || object.values.contains { losesNames($0) }
        case .array(let elements): elements.contains { losesNames($0) }
        default: false
        }
    }
}
