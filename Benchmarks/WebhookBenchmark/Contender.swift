import Foundation

/// A webhook server that is measured, and how to start it.
struct Contender {
    let name: String
    let executable: String
    /// Its arguments, from the port, the certificate's file and the key's file.
    let arguments: (_ port: UInt16, _ certificate: String, _ key: String) -> [String]
    /// Where it answers a review; the number is how many bytes our own answer has.
    var path: (_ answerBytes: Int) -> String = { _ in "/mutate" }
    var environment: [String: String] = [:]
    /// What one has to ship for it, in MiB.
    var shippedMiB: Double = 0
    var remark = ""

    static func ours(_ executable: String) throws -> Contender {
        Contender(
            name: "vernemq-operator",
            executable: executable,
            arguments: { port, certificate, key in
                [
                    "serve", "--webhook-only", "--listen", "127.0.0.1:\(port)", "--metrics-listen", "127.0.0.1:0",
                    "--tls-cert", certificate, "--tls-key", key,
                ]
            },
            shippedMiB: try mebibytes(below: executable),
            remark: "the full injection"
        )
    }

    static func go(_ executable: String) throws -> Contender {
        Contender(
            name: "agnhost webhook (Go)",
            executable: executable,
            arguments: { ["--port", "\($0)", "--tls-cert-file", $1, "--tls-private-key-file", $2] },
            path: { _ in "/add-label" },
            shippedMiB: try mebibytes(below: executable),
            remark: "adds a label"
        )
    }

    static func kopf(python: String, script: String, packages: String) throws -> Contender {
        Contender(
            name: "kopf (Python)",
            executable: python,
            arguments: { [script, "\($0)", $1, $2] },
            environment: ["PYTHONPATH": packages],
            shippedMiB: try mebibytes(below: packages),
            remark: "adds a label; size without Python itself"
        )
    }

    static func floor(_ executable: String) throws -> Contender {
        Contender(
            name: "floor (C, OpenSSL)",
            executable: executable,
            arguments: { ["\($0)", $1, $2] },
            path: { "/\($0)" },
            shippedMiB: try mebibytes(below: executable),
            remark: "our bytes in and out, nothing done; libraries not counted"
        )
    }

    /// The size of a file, or of all files below a directory.
    private static func mebibytes(below path: String) throws -> Double {
        let files = FileManager.default
        var paths = [path]
        let below = files.enumerator(atPath: path)?.map { "\(path)/\($0)" } ?? []
        if !below.isEmpty { paths = below }
        let bytes = try paths.reduce(0) { total, path in
            let attributes = try files.attributesOfItem(atPath: path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { return total }
            return total + (attributes[.size] as? Int ?? 0)
        }
        return Double(bytes) / 1_048_576
    }
}
