import Document
import VerneMQ

/// The settings of a resource in the simplest reading, enough for what is tested here: `configs`, the lines of `vmqConfig`,
/// and listeners at start.
enum PlainSettings {
    static func of(_ resource: JSONValue) -> [Setting] {
        let spec = resource["spec"]
        var settings: [Setting] = []
        for (index, entry) in (spec?["config"]?["configs"]?.arrayValue ?? []).enumerated() {
            let path = "spec.config.configs[\(index)]"
            settings.append(
                Setting(
                    entry["name"]?.stringValue ?? "",
                    entry["value"]?.stringValue ?? "",
                    keyPath: path + ".name",
                    valuePath: path + ".value",
                    source: .resource
                )
            )
        }
        for (index, line) in (spec?["vmqConfig"]?.stringValue ?? "").split(separator: "\n").enumerated() {
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
            func trimmed(_ text: Substring) -> String {
                text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            }
            let path = "spec.vmqConfig:\(index + 1):1"
            let key = trimmed(line[..<equals])
            let value = trimmed(line[line.index(after: equals)...])
            settings.append(Setting(key, value, keyPath: path, source: .bootConfiguration))
        }
        return settings
    }
}
