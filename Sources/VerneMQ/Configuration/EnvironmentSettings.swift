public import Document

/// The settings that the official image makes of a container's variables.
public enum EnvironmentSettings {
    /// Reads the `DOCKER_VERNEMQ_…` variables of an `env` list.
    ///
    /// - Parameters:
    ///   - environment: the list's entries; of two with one name the last counts, as for kubelet.
    ///   - path: the list's path: `spec.env`.
    public static func read(_ environment: [JSONValue], at path: String) -> SettingsSource {
        var source = SettingsSource()
        var variables: [(index: Int, name: String, key: String)] = []
        var last: [String: Int] = [:]
        for (index, variable) in environment.enumerated() {
            guard let name = variable["name"]?.stringValue, let key = EnvironmentName.key(of: name),
                name != ReservedName.nodeNameVariable
            else { continue }
            variables.append((index, name, key))
            last[name] = index
        }
        for (index, name, key) in variables where last[name] == index {
            let variable = environment[index]
            let keyPath = "\(path)[\(index)].name"
            let valuePath = "\(path)[\(index)].value"
            let value = variable["value"]?.stringValue ?? ""
            let isElsewhere = variable["valueFrom"]?.isNull == false || value.containsBytes(of: "$(")
            guard !isElsewhere else {
                source.settings.append(
                    Setting(key, "", keyPath: keyPath, valuePath: valuePath, source: .environment)
                )
                source.unresolved.insert(valuePath)
                continue
            }
            read(value, of: key, keyPath, valuePath, into: &source)
        }
        return source
    }

    /// The image writes the line `key=value`, to which the rules of the file then apply.
    private static func read(
        _ value: String,
        of key: String,
        _ keyPath: String,
        _ valuePath: String,
        into source: inout SettingsSource
    ) {
        let line = Substring(value.utf8.prefix { $0 != UInt8(ascii: "\n") })
        let file = ConfigurationFile(parsing: "\(key)=\(line)\n", at: "", source: .environment)
        source.findings += file.findings.map { finding in
            Finding(
                finding.severity,
                path: valuePath,
                value: finding.value,
                problem: finding.problem,
                remedy: finding.remedy
            )
        }
        source.settings += file.settings.map { setting in
            // What follows a line break never gets there; that it does not is for the validator to say.
            let whole = line.utf8.count == value.utf8.count ? setting.value : value
            return Setting(setting.key, whole, keyPath: keyPath, valuePath: valuePath, source: .environment)
        }
    }
}
