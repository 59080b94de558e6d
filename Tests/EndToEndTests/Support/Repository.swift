import Foundation

/// Where things of this repository and of the present build are.
enum Repository {
    /// The directory with Package.swift.
    static let root: URL = {
        var directory = URL(fileURLWithPath: #filePath)
        for _ in 1...4 { directory.deleteLastPathComponent() }
        return directory
    }()

    /// The `vernemq-operator` of this very build: it lies beside the test executable, whatever the scratch path.
    static let operatorExecutable: URL = URL(fileURLWithPath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("vernemq-operator")

    /// The operator's chart, whose templates the suite installs.
    static let chart = root.appendingPathComponent("charts/vernemq-operator").path

    /// The chart of a cluster.
    static let clusterChart = root.appendingPathComponent("charts/vernemq").path

    /// One of the scripts in Scripts/.
    static func script(_ name: String) -> String {
        root.appendingPathComponent("Scripts").appendingPathComponent(name).path
    }

    /// Makes a directory of this call's own below the system's temporary one.
    static func temporaryDirectory(_ purpose: String) throws -> URL {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("vernemq-operator-\(purpose)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }
}
