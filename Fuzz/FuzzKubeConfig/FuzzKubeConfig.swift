import Fuzzing
import KubernetesClient

/// Any bytes as a kubeconfig, alone and beside another one: reading it ends, every fault says what is wrong, and nothing that
/// it names is opened or run.
@main
struct FuzzKubeConfig {
    static func main() {
        Fuzzer.run { bytes in
            let file = KubeConfig.File(path: "/nonexistent/config", content: bytes)
            for files in [[file], [file, plain], [plain, file]] {
                do throws(KubeConfigError) {
                    let configuration = try KubeConfig(files)
                    _ = try configuration.configuration()
                    _ = try configuration.configuration(context: "here")
                } catch {
                    guard !error.faults.isEmpty, error.faults.allSatisfy({ !$0.problem.isEmpty && !$0.remedy.isEmpty })
                    else { Fuzzer.fail("a fault without a word: \(error)") }
                }
            }
        }
    }

    private static let plain = KubeConfig.File(
        path: "/nonexistent/plain",
        content: Array(
            """
            apiVersion: v1
            kind: Config
            current-context: here
            clusters: [{name: here, cluster: {server: "https://127.0.0.1:6443"}}]
            contexts: [{name: here, context: {cluster: here, user: me}}]
            users: [{name: me, user: {token: secret}}]
            """.utf8
        )
    )
}
