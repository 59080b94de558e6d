import Document
import LiveConfiguration
import VerneMQ

/// Asks one broker what it runs with.
struct BrokerLook: Sendable {
    let exec: any BrokerExec
    let target: BrokerTarget
    /// The container's own name in the container runtime, which another start does not have.
    let container: String

    /// Reads everything. Each call of `vmq-admin` costs the broker about half a second of processor time.
    func read(_ desired: DesiredConfiguration) async throws(BrokerExecError) -> BrokerState {
        var state = try await readContainer(desired)
        try await readValues(desired, into: &state)
        try await readListeners(into: &state)
        try await readPlugins(into: &state)
        return state
    }

    /// Reads what the container itself knows: what the broker has started with, what was done to it, its TLS files.
    func readContainer(_ desired: DesiredConfiguration) async throws(BrokerExecError) -> BrokerState {
        let command = BrokerCommand(["/bin/sh", "-c", Self.script, "sh"] + desired.files, timeout: .seconds(20))
        let end = try await exec.run(command, in: target)
        guard end.exitCode == 0 else {
            throw .notStarted("looking around in the container ended with \(end.exitCode)")
        }
        var state = BrokerState(container: container)
        for line in end.output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard let kind = words.first, let rest = words.dropFirst().first else { continue }
            switch kind {
            case "boot": state.boot = BootRecord(rest)
            case "record": state.record = LiveRecord(rest, container: container)
            case "lacking": state.lackingTool = rest
            case "file":
                // Checksum, length, path.
                let parts = rest.split(separator: " ", maxSplits: 2).map(String.init)
                if parts.count == 3 { state.files[parts[2]] = parts[0] + "-" + parts[1] }
            default: continue
            }
        }
        return state
    }

    /// The values of keys.
    func readValues(_ desired: DesiredConfiguration, into state: inout BrokerState) async throws(BrokerExecError) {
        var keys = desired.keys(for: state)
        state.values = [:]
        // One key that the broker does not know fails the whole call, and is named.
        for _ in 0..<4 where !keys.isEmpty {
            do throws(BrokerExecError) {
                let reply = try await exec.admin(["show"] + keys + ["--format=json"], in: target)
                return state.take(values: reply.rows)
            } catch {
                guard case .failed(.refused(let text)) = error, text.hasPrefix("Invalid config keys:") else {
                    throw error
                }
                let unknown = Set(text.dropFirst("Invalid config keys:".count).split(separator: " ").map(String.init))
                let rest = keys.filter { !unknown.contains($0) }
                guard rest.count < keys.count else { throw error }
                keys = rest
            }
        }
    }

    /// The listeners.
    func readListeners(into state: inout BrokerState) async throws(BrokerExecError) {
        state.take(listeners: try await exec.admin(["listener", "show", "--format=json"], in: target).rows)
    }

    /// The plugins.
    func readPlugins(into state: inout BrokerState) async throws(BrokerExecError) {
        state.take(plugins: try await exec.admin(["plugin", "show", "--format=json"], in: target).rows)
    }

    /// Keeps what was done in a file that ends with the container, or where that cannot be written, with the pod.
    func write(_ record: LiveRecord) async throws(BrokerExecError) {
        let command = BrokerCommand(
            ["/bin/sh", "-c", Self.keep],
            input: Array((record.text + "\n").utf8),
            timeout: .seconds(20)
        )
        let end = try await exec.run(command, in: target)
        guard end.exitCode == 0 else {
            throw .notStarted(
                "what was done cannot be noted: neither /tmp nor /dev/shm of the container can be written"
            )
        }
    }

    private static let file = "vernemq-operator-live.json"

    private static let script = """
        [ -z "${\(BootRecord.variable):-}" ] || printf 'boot %s\\n' "$\(BootRecord.variable)"
        for directory in /dev/shm /tmp; do
          [ ! -s "$directory/\(file)" ] || { printf 'record '; cat "$directory/\(file)"; }
        done
        command -v cksum >/dev/null 2>&1 || { [ $# -eq 0 ] || printf 'lacking cksum\\n'; set --; }
        for path in "$@"; do
          [ ! -r "$path" ] || { printf 'file '; cksum "$path"; }
        done
        true
        """

    /// Written whole or not at all.
    private static let keep = """
        umask 077
        text=$(cat) || exit 1
        for directory in /tmp /dev/shm; do
          { printf '%s\\n' "$text" >"$directory/\(file).$$" && mv -f "$directory/\(file).$$" "$directory/\(file)"; } \
            2>/dev/null && exit 0
        done
        exit 1
        """
}
