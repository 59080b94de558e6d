import LiveConfiguration
import VerneMQ

/// Looks whether a plugin with a directory of its own can be started at all: a wrong name under a path that exists, or an
/// application that is missing, crashes the broker's plugin manager, and the next change of plugins then takes all hooks
/// away, authentication included.
enum PluginLook {
    /// Why the plugin must not be started, as a clause; nil if nothing speaks against it.
    static func obstacle(
        to plugin: DesiredPlugin,
        _ exec: any BrokerExec,
        in target: BrokerTarget
    ) async throws(BrokerExecError) -> String? {
        guard let path = plugin.path else {
            return PluginKey.bundled.contains(plugin.name)
                ? nil : "the broker does not bring it, and no path says where it is"
        }
        let command = BrokerCommand(["/bin/sh", "-c", script, "sh", plugin.name, path], timeout: .seconds(20))
        let end = try await exec.run(command, in: target)
        guard end.exitCode == 0 else { return "there is no lib/\(plugin.name)/ebin/\(plugin.name).app in \(path)" }
        var present: Set<String> = []
        var description = ""
        for line in end.output.split(separator: "\n") {
            if line.hasPrefix("app ") {
                present.insert(application(in: line.dropFirst(4)))
            } else {
                description += line + "\n"
            }
        }
        let missing = applications(in: description).filter { !present.contains($0) }
        return missing.isEmpty ? nil : "it needs \(missing.joined(separator: ", ")), which the broker does not have"
    }

    /// The applications that an `.app` file says it needs.
    static func applications(in description: String) -> [String] {
        let text = description.split(separator: "\n").map { $0.prefix { $0 != "%" } }.joined()
            .filter { !$0.isWhitespace && $0 != "'" }
        guard let start = text.firstRange(of: "{applications,["),
            let end = text[start.upperBound...].firstIndex(of: "]")
        else { return [] }
        return text[start.upperBound..<end].split(separator: ",").map(String.init)
    }

    /// `kernel` of `/vernemq/lib/kernel-9.2`.
    private static func application(in path: Substring) -> String {
        let directory = path.split(separator: "/").last ?? ""
        return String(directory.prefix { $0 != "-" })
    }

    private static let script = """
        name=$1 path=$2
        if [ -f "$path/lib/$name/ebin/$name.app" ]; then cat "$path/lib/$name/ebin/$name.app"
        elif [ -f "$path/ebin/$name.app" ]; then cat "$path/ebin/$name.app"
        else exit 1
        fi
        echo
        for directory in /vernemq/lib/* "$path"/lib/* "$path"/deps/*; do
          [ ! -d "$directory" ] || printf 'app %s\\n' "$directory"
        done
        """
}
