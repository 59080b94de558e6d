import Foundation
import Testing

@Suite("The process's memory", .apart)
struct ProcessMemoryTests {
    /// /proc/PID belongs to root once a process is not to be dumped, whoever runs it.
    @Test("is in no core dump, and closed to other processes of the same user")
    func memory() async throws {
        let process = Process()
        let input = Pipe()
        let isRoot = geteuid() == 0
        process.executableURL = isRoot ? URL(fileURLWithPath: "/usr/bin/env") : Executable.url
        let ordinary = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Executable.url.path]
        // It waits for its standard input.
        process.arguments = (isRoot ? ordinary : []) + ["inject", "-f", "-"]
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { process.terminate() }
        let directory = "/proc/\(process.processIdentifier)"
        for _ in 0..<200 {
            let isRunning = try String(contentsOfFile: directory + "/comm", encoding: .utf8).hasPrefix(
                "vernemq-operato"
            )
            if isRunning, try owner(of: directory) == 0, try limits(directory).contains(#/Max core file size +0 +0 /#) {
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let (owner, limits) = (try owner(of: directory), try limits(directory))
        Issue.record("the owner of \(directory) is \(owner), and its limits are:\n\(limits)")
    }

    private func owner(of path: String) throws -> Int {
        // /proc/PID itself is root's in some cases, what is in it follows the process.
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/environ")
        return try #require(attributes[.ownerAccountID] as? NSNumber).intValue
    }

    private func limits(_ directory: String) throws -> String {
        try String(contentsOfFile: directory + "/limits", encoding: .utf8)
    }
}
