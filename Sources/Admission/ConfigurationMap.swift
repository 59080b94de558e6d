public import Document
import Kubernetes
public import VerneMQ

/// A ConfigMap that holds a broker's `vernemq.conf`, told by the label `vmq.k8s.vernemq.com/config: vernemq`.
///
/// Checked here is the vessel, not yet what is in it.
public enum ConfigurationMap {
    /// The key under which the configuration stands.
    public static let key = "vernemq.conf"
    /// The longest configuration in bytes. The API server takes 1 MiB for the whole ConfigMap; a broker gets its settings as
    /// environment variables at boot, all of which together Linux bounds too, and no real configuration comes near this.
    public static let sizeLimit = 256 * 1024

    /// Whether a ConfigMap claims to hold a broker's configuration.
    public static func isSelected(_ object: JSONValue) -> Bool {
        ObjectView(object).label(Label.config.name) == Label.vernemq
    }

    /// Everything that is wrong with the ConfigMap as a vessel.
    public static func validate(_ object: JSONValue) -> [Finding] {
        let path = "data[\(key)]"
        if object["binaryData"]?[key] != nil {
            return [
                Finding(
                    .error,
                    path: "binaryData[\(key)]",
                    problem: "the configuration is stored as binary data",
                    remedy: "put it under data, as UTF-8 text"
                )
            ]
        }
        guard let entry = object["data"]?[key], !entry.isNull else {
            return [missing(object, path)]
        }
        guard let text = entry.stringValue else {
            return [
                Finding(.error, path: path, problem: "the configuration is not text", remedy: "make it a YAML block: |")
            ]
        }
        return findings(on: text, path)
    }

    /// Everything that is wrong with the text of a configuration as such; `path` is where findings say it is.
    public static func findings(on text: String, _ path: String) -> [Finding] {
        var findings: [Finding] = []
        let count = text.utf8.count
        if count > sizeLimit {
            findings.append(
                Finding(
                    .error,
                    path: path,
                    problem: "the configuration is \(count) bytes long",
                    remedy: "at most \(sizeLimit) bytes; leave comments out"
                )
            )
        }
        if let offset = text.utf8.firstIndex(of: 0) {
            let line = text.utf8[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
            findings.append(
                Finding(
                    .error,
                    path: path,
                    problem: "the configuration contains a NUL character in line \(line)",
                    remedy: "text only; look for a file that is not UTF-8"
                )
            )
        }
        if text.allSatisfy(\.isWhitespace) {
            findings.append(
                Finding(
                    .warning,
                    path: path,
                    problem: "the configuration is empty",
                    remedy: "brokers run on their defaults and environment; remove the label if that is not meant"
                )
            )
        }
        return findings
    }

    private static func missing(_ object: JSONValue, _ path: String) -> Finding {
        let keys = object["data"]?.objectValue?.keys.map { $0 } ?? []
        let others = keys.isEmpty ? "there is no data at all" : "there is " + keys.prefix(5).joined(separator: ", ")
        return Finding(
            .error,
            path: path,
            problem: "a ConfigMap with label \(Label.config.name)=\(Label.vernemq) has no key \(key)",
            remedy: "add it (\(others)), or remove the label"
        )
    }
}
