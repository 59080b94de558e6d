/// kubelet's expansion of `$(NAME)` in `command`, `args`, `env` values and probe commands, and its inverse.
///
/// The rules are those of `k8s.io/kubernetes/third_party/forked/golang/expansion`: `$$` stands for `$`, `$(NAME)` for the
/// value of a variable that is defined (before, in `env`) or for itself, and any other `$` for itself. Commands of
/// lifecycle handlers are not expanded.
public enum KubeletExpansion {
    /// A text that kubelet expands to `text`, whatever variables there are: every `$` is doubled.
    public static func escape(_ text: String) -> String {
        guard text.utf8.contains(dollar) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 64)
        for byte in text.utf8 {
            bytes.append(byte)
            if byte == dollar { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What kubelet makes of a text.
    ///
    /// - Parameters:
    ///   - text: the text of a manifest.
    ///   - lookUp: the value of a variable, nil if it is not defined: then the reference stays as it is written.
    public static func expand(_ text: String, _ lookUp: (String) -> String?) -> String {
        let input = Array(text.utf8)
        var output: [UInt8] = []
        var cursor = 0
        while cursor < input.count {
            guard input[cursor] == dollar, cursor + 1 < input.count else {
                output.append(input[cursor])
                cursor += 1
                continue
            }
            switch input[cursor + 1] {
            case dollar:
                output.append(dollar)
                cursor += 2
            case UInt8(ascii: "("):
                guard let end = input[(cursor + 2)...].firstIndex(of: UInt8(ascii: ")")) else {
                    output += [dollar, UInt8(ascii: "(")]  // never closed: no reference
                    cursor += 2
                    continue
                }
                let name = String(decoding: input[(cursor + 2)..<end], as: UTF8.self)
                output += (lookUp(name) ?? "$(\(name))").utf8
                cursor = end + 1
            default:
                output += [dollar, input[cursor + 1]]
                cursor += 2
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The names that a text refers to, in order.
    public static func references(in text: String) -> [String] {
        var names: [String] = []
        _ = expand(text) { name in
            names.append(name)
            return nil
        }
        return names
    }

    private static let dollar = UInt8(ascii: "$")
}
