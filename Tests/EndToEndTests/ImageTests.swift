import Document
import Foundation
import Testing

/// The file set that becomes the image. (Its Dockerfile is proven by Scripts/prove-image, which takes ten minutes.)
@Suite("Image")
struct ImageTests {
    @Test(
        "the operator starts as nobody in the image's files, alone with them",
        .enabled(if: getuid() == 0, "changing the root directory takes root")
    )
    func starts() async throws {
        let root = try Repository.temporaryDirectory("image")
        defer { removeQuietly(root) }
        try await Subprocess.output(
            Repository.script("image-root"),
            [Repository.operatorExecutable.path, root.path]
        )
        // A mount that ends with the command: containers have /proc, and Swift takes a program's arguments from there.
        let answer = try await Subprocess.output(
            "/usr/bin/env",
            [
                "unshare", "--mount", "--propagation", "private", "sh", "-ec",
                #"mkdir "$1/proc"; mount -t proc proc "$1/proc"; exec chroot --userspec=65532:65532 "$1" "$2" validate -f -"#,
                "sh", root.path, "/usr/local/bin/vernemq-operator",
            ],
            input: Manifest.resource(spec: "{size: 3}")
        )
        #expect(answer.contains("valid") || answer.isEmpty, "\(answer)")

        let bill = try String(
            contentsOf: root.appendingPathComponent("usr/share/sbom/vernemq-operator.spdx.json"),
            encoding: .utf8
        )
        let packages = try JSONValue(parsing: bill)["packages"]?.arrayValue ?? []
        let names = Set(packages.compactMap { $0["name"]?.stringValue })
        #expect(names.isSuperset(of: ["vernemq-operator", "libssl3", "libyaml-0-2", "libc6", "ca-certificates"]))
        #expect(packages.allSatisfy { $0["versionInfo"]?.stringValue?.isEmpty == false })
    }

    @Test("chart, image and operator are of one version")
    func versions() async throws {
        let chart = try String(contentsOfFile: Repository.chart + "/Chart.yaml", encoding: .utf8)
        let version = try #require(chart.firstMatch(of: /appVersion: "([0-9.]+)"/)?.output.1)
        let dockerfile = try String(contentsOf: Repository.root.appendingPathComponent("Dockerfile"), encoding: .utf8)
        #expect(dockerfile.contains(#"org.opencontainers.image.version="\#(version)""#))
        let told = try await Subprocess.output(Repository.operatorExecutable.path, ["--version"])
        #expect(told.contains(" \(version) "), "\(told)")
    }
}
