import Document
import Glibc
import Testing

@testable import KubernetesClient

@Suite("A kubeconfig")
struct KubeConfigTests {
    static let plain = """
        apiVersion: v1
        kind: Config
        current-context: dev
        clusters:
        - name: c
          cluster: {server: "https://api.example:6443/k8s/c-1/", certificate-authority: ca.crt, tls-server-name: kubernetes}
        users:
        - name: u
          user: {client-certificate-data: Y2VydA==, client-key: keys/u.key}
        - name: token
          user: {token: s3cret, tokenFile: /run/token}
        - name: plugin
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./login
              args: [get-token, --x]
              env: [{name: PROFILE, value: dev}]
              provideClusterInfo: true
              interactiveMode: IfAvailable
        contexts:
        - name: dev
          context: {cluster: c, user: u, namespace: mqtt}
        - name: token
          context: {cluster: c, user: token}
        - name: plugin
          context: {cluster: c, user: plugin}
        """

    private func read(_ texts: String..., context: String? = nil) throws -> ClusterConfiguration {
        let files = texts.enumerated().map { KubeConfig.File(path: "/home/me/\($0)/config", content: Array($1.utf8)) }
        return try KubeConfig(files).configuration(context: context)
    }

    @Test("names server, trust and certificate; paths are relative to the file")
    func certificates() throws {
        let configuration = try read(Self.plain)
        #expect(configuration.server.description == "https://api.example:6443/k8s/c-1")
        #expect(configuration.trust == .authorities(.file("/home/me/0/ca.crt")))
        #expect(configuration.serverName == "kubernetes")
        #expect(configuration.clientCertificate?.chain == .inline(Secret(Array("cert".utf8))))
        #expect(configuration.clientCertificate?.key == .file("/home/me/0/keys/u.key"))
        #expect(configuration.namespace == "mqtt")
        #expect(configuration.authorization == .none)
    }

    @Test("names tokens and plugins, and tells secrets to nobody")
    func authorization() throws {
        let token = try read(Self.plain, context: "token")
        #expect(token.authorization == .tokenFile("/run/token", fallback: Secret("s3cret")))
        #expect(!"\(token)".contains("s3cret") && !String(reflecting: token).contains("s3cret"))
        guard case .plugin(let plugin) = try read(Self.plain, context: "plugin").authorization else {
            Issue.record("no plugin")
            return
        }
        #expect(plugin.command == "/home/me/0/./login")
        #expect(plugin.arguments == ["get-token", "--x"])
        #expect(plugin.environment == ["PROFILE": Secret("dev")])
        #expect(plugin.clusterInfo?["server"]?.stringValue == "https://api.example:6443/k8s/c-1/")
    }

    @Test("of several files the first that names something counts")
    func merging() throws {
        let first = """
            contexts: [{name: dev, context: {cluster: c, user: token}}]
            clusters: [{name: other, cluster: {server: "http://10.0.0.1"}}]
            """
        let configuration = try read(first, Self.plain)
        #expect(configuration.authorization == .tokenFile("/run/token", fallback: Secret("s3cret")))
        #expect(configuration.trust == .authorities(.file("/home/me/1/ca.crt")))
    }

    @Test(
        "is refused with all of its faults, each with its place",
        arguments: [
            ("current-context: x", nil, [#"there is no context "x": there are none"#]),
            ("contexts: {}", nil, [":1:11: contexts is no list"]),
            ("a: [", nil, ["it is no YAML"]),
            ("kind: Pod", nil, [":1:7: its kind is Pod"]),
            (
                """
                clusters:
                - name: c
                  cluster: {server: api.example, proxy-url: http://proxy, certificate-authority-data: "%%"}
                users:
                - name: u
                  user: {client-certificate: a.crt, auth-provider: {name: gcp}, token: t, username: me}
                contexts:
                - name: x
                  context: {cluster: c, user: u}
                """, "x",
                [
                    ":3:45: connections through a proxy", ":3:21: it is no address",
                    ":3:87: certificate-authority-data is no",
                    ":6:9: a certificate and its key", ":6:52: auth-provider is not",
                    ":6:9: token, username and exec exclude",
                ]
            ),
            (
                """
                clusters: [{name: c, cluster: {}}]
                users: [{name: u, user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                """, "x",
                [":1:31: the cluster has no server", #":2:57: exec speaks "client.authentication.k8s.io/v1alpha1""#]
            ),
        ]
    )
    func faults(_ text: String, _ context: String?, _ expected: [String]) {
        let error = #expect(throws: KubeConfigError.self) { _ = try read(text, context: context) }
        let faults = error?.faults.map(\.description) ?? []
        #expect(faults.count == expected.count, "\(faults)")
        for (fault, expected) in zip(faults, expected) { #expect(fault.contains(expected)) }
    }

    @Test(
        "a server's address",
        arguments: [
            ("https://h", "https://h"), ("HTTPS://h:443/", "https://h"), ("http://h:8080/a/b/", "http://h:8080/a/b"),
            ("https://[::1]:6443", "https://[::1]:6443"), ("h:6443", nil), ("https://", nil), ("https://h:0", nil),
            ("https://u@h", nil), ("https://h/?x", nil), ("https://h:x", nil), ("https://a b", nil),
        ]
    )
    func addresses(_ text: String, _ expected: String?) {
        #expect(ServerURL(text)?.description == expected)
    }

    @Test("KUBECONFIG's missing files are passed over, a named one must exist")
    func missing() throws {
        let nothing: (String) -> String? = { $0 == "KUBECONFIG" ? "/proc/nonexistent/a:/proc/nonexistent/b" : nil }
        let none = #expect(throws: KubeConfigError.self) { _ = try KubeConfig.load(environment: nothing) }
        #expect(none?.description.contains("none of /proc/nonexistent/a, /proc/nonexistent/b exists") == true)
        let named = #expect(throws: KubeConfigError.self) {
            _ = try KubeConfig.load(path: "/proc/nonexistent/a", environment: nothing)
        }
        #expect(named?.description.contains("/proc/nonexistent/a: open: No such file") == true)
    }

    @Test("outside of a cluster, the cluster is not found, and the way out is named")
    func inCluster() {
        let error = #expect(throws: KubeConfigError.self) {
            _ = try ClusterConfiguration.inCluster(environment: { _ in nil })
        }
        #expect(error?.description.contains("KUBERNETES_SERVICE_HOST is not set") == true)
    }
}
