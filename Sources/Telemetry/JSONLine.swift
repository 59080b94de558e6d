import Logging

/// One line of JSON, as it is being written.
struct JSONLine {
    private var bytes: [UInt8] = []
    private static let ownNames: Set<String> = ["time", "level", "logger", "message"]
    /// Parts of names whose values are not to be read by those who read logs.
    private static let secretWords = [
        "password", "passphrase", "token", "authorization", "credential", "cookie", "privatekey", "secret",
    ].map { Array($0.utf8) }
    private static let harmlessEndings = ["name", "namespace"].map { Array($0.utf8) }

    init() {
        bytes.reserveCapacity(256)
        bytes.append(UInt8(ascii: "{"))
    }

    /// Adds one of the line's own fields.
    mutating func add(_ name: String, _ value: String) {
        begin(name)
        append(quoted: value)
    }

    /// Adds metadata. Names of the line's own fields get an underscore.
    mutating func add(_ name: String, _ value: Logger.MetadataValue) {
        begin(Self.ownNames.contains(name) ? name + "_" : name)
        append(value, under: name)
    }

    /// The line, complete with its end.
    consuming func end() -> [UInt8] {
        bytes.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "\n")])
        return bytes
    }

    /// RFC 3339 in UTC with milliseconds.
    static func timestamp(seconds: Int, nanoseconds: Int) -> String {
        let whole = UTCTime(secondsSince1970: seconds).description.dropLast()
        let fraction = String(nanoseconds / 1_000_000 % 1_000)
        return whole + "." + String(repeating: "0", count: 3 - fraction.count) + fraction + "Z"
    }

    /// Whether metadata of this name must not be shown. The name of a Kubernetes Secret is none.
    static func isSecret(_ name: String) -> Bool {
        let letters = name.utf8.filter { !"-_.".utf8.contains($0) }.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        if harmlessEndings.contains(where: { letters.suffix($0.count).elementsEqual($0) }) { return false }
        return secretWords.contains { word in
            letters.indices.contains { letters[$0...].starts(with: word) }
        }
    }

    private mutating func begin(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        append(quoted: name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ value: Logger.MetadataValue, under name: String) {
        if Self.isSecret(name) { return append(quoted: "[redacted]") }
        switch value {
        case .string(let text): append(quoted: text)
        case .stringConvertible(let convertible): append(quoted: convertible.description)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(value, under: name)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let fields):
            bytes.append(UInt8(ascii: "{"))
            for (index, (name, value)) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(quoted: name)
                bytes.append(UInt8(ascii: ":"))
                append(value, under: name)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// RFC 8259, section 7
    private mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
            case 0x0A: bytes.append(contentsOf: [0x5C, UInt8(ascii: "n")])
            case 0x09: bytes.append(contentsOf: [0x5C, UInt8(ascii: "t")])
            case 0x00..<0x20:
                let digits = String(byte, radix: 16)
                bytes.append(contentsOf: "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
