import Foundation

/// The files that every container of a rig sees: its PATH, with stand-ins for what a VerneMQ image brings along.
public struct Sandbox: Sendable {
    /// A POSIX shell that the hooks must run in.
    public enum Shell: String, Sendable, CaseIterable {
        /// Debian's.
        case dash
        /// Alpine's, with busybox's own utilities and musl's words.
        case ash
    }

    /// What could not be set up.
    public struct SetUpError: Error, CustomStringConvertible {
        /// In words.
        public let description: String
    }

    let root: URL
    let shell: Shell
    var bin: String { root.appendingPathComponent("bin").path }
    var shellPath: String { "\(bin)/\(shell.rawValue)" }
    let path: String

    /// Makes it.
    ///
    /// - Parameters:
    ///   - root: a directory of its own.
    ///   - shell: what the hooks run in.
    ///   - without: tools that the image lacks.
    /// - Throws: ``SetUpError`` or what Foundation throws.
    init(root: URL, shell: Shell, without: Set<String>) throws {
        self.root = root
        self.shell = shell
        let bin = root.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(
                atPath: bin.appendingPathComponent(name).path,
                withDestinationPath: try Self.find(target)
            )
        }
        try link(shell.rawValue, to: shell == .dash ? "dash" : "busybox")
        // A process's name is the name of the file that it was started by.
        try link("beam.smp", to: "sleep")
        for (name, text) in Self.shims(curl: try Self.find("curl"), openssl: try Self.find("openssl"))
        where !without.contains(name) {
            let file = bin.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        if without.isEmpty {
            path = "\(bin.path):/usr/local/bin:/usr/bin:/bin"
        } else {
            for tool in Self.tools where !without.contains(tool) { try link(tool, to: tool) }
            path = bin.path
        }
    }

    /// What the hooks use, one by one, for images that lack some of it.
    private static let tools = [
        "cat", "sleep", "mkdir", "mv", "rm", "ln", "grep", "sed", "sort", "tr", "cut", "date", "sync", "timeout", "wc",
        "tail", "head", "jq", "env", "sh", "setsid", "kill", "ps", "id",
    ]

    private static func find(_ tool: String) throws -> String {
        for directory in ["/usr/bin", "/bin", "/usr/local/bin"] {
            let path = "\(directory)/\(tool)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw SetUpError(description: "\(tool) is not installed: the hooks are tested with it")
    }

    private static func shims(curl: String, openssl: String) -> [(String, String)] {
        [
            // The address that a container asks from tells the double who asks.
            ("curl", "#!/bin/sh\nexec \(curl) -q --interface \"$VMQ_OPERATOR_POD_IP\" \"$@\"\n"),
            (
                "vmq-admin",
                """
                #!/bin/sh
                answer=$(printf '%s\\n' "VerneMQ@$DOCKER_VERNEMQ_NODENAME" "$@" |
                    \(curl) -q -s --interface "$VMQ_OPERATOR_POD_IP" --data-binary @- "$DOUBLE/admin") || exit 1
                printf '%s\\n' "$answer" | sed -n 's/^1//p'
                printf '%s\\n' "$answer" | sed -n 's/^2//p' >&2
                exit "$(printf '%s\\n' "$answer" | sed -n 1p)"

                """
            ),
            (
                "getent",
                """
                #!/bin/sh
                if [ "$DOUBLE_LIBC" = musl ] && [ "$1" != hosts ]; then echo "Unknown database: $1" >&2; exit 1; fi
                answer=$(printf '%s\\n' "$2" |
                    \(curl) -q -s --interface "$VMQ_OPERATOR_POD_IP" --data-binary @- "$DOUBLE/resolve")
                case $answer in unknown | failure | '') exit 2 ;; esac
                printf '%s\\n' "$answer" | sed "s/\\$/ STREAM $2/"

                """
            ),
            (
                "openssl",
                """
                #!/bin/sh
                [ "$1" = s_client ] || exec \(openssl) "$@"
                while [ "$1" != -connect ]; do shift; done
                host=${2%:*}
                ask() { printf '%s\\n' "$2" | \(curl) -q -s --interface "$VMQ_OPERATOR_POD_IP" --data-binary @- "$DOUBLE/$1"; }
                say() { echo "40C75F197B7F0000:error:$1" >&2; exit 1; }
                if [ "$DOUBLE_LIBC" = musl ]; then none='Name does not resolve' again='Try again'
                else none='Name or service not known' again='Temporary failure in name resolution'; fi
                lookup='10080002:BIO routines:BIO_lookup_ex:system lib:crypto/bio/bio_addr.c:758'
                case $host in
                *[!0-9.]*)
                    answer=$(ask resolve "$host")
                    case $answer in
                    unknown) say "$lookup:$none" ;;
                    failure | '') say "$lookup:$again" ;;
                    esac
                    host=$(printf '%s\\n' "$answer" | sed -n 1p) ;;
                esac
                case $(ask connect "$host") in
                refused) say '8000006F:system library:BIO_connect:Connection refused:crypto/bio/bio_sock2.c:125:calling connect()' ;;
                silence) sleep 0.3 ;;
                *) say '0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl/record/ssl3_record.c:354:' ;;
                esac

                """
            ),
            // As the image's start script: TERM stops the node, then the process; the container ends with the broker.
            (
                "start-broker",
                """
                #!/bin/sh
                beam=
                stop() { [ -z "$beam" ] || { vmq-admin node stop >/dev/null 2>&1; kill -TERM "$beam" 2>/dev/null; }; }
                trap stop TERM
                beam.smp 1000000 &
                beam=$!
                echo "$beam" >"$BOX/beam"
                while kill -0 "$beam" 2>/dev/null; do wait "$beam"; done
                exit 143

                """
            ),
        ]
    }
}
