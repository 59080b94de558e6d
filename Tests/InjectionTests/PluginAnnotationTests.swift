import Document
import Injection
import Testing
import VerneMQ

@Suite("The annotation plugins")
struct PluginAnnotationTests {
    private func findings(_ text: String) -> [String] {
        let object = Manifests.persistent.with { $0.annotate("plugins", text) }
        return Injector(version: "1.0.0").inject(object).findings.map(\.description)
    }

    @Test("all faults are told with their places in the text")
    func positions() {
        let text = """
            - applicationName: Bad-Name
              repoURL: http://git.example.org/x.git
              versionType: branhc
              version: main
            - applicationName: good
              repoURL: file:///etc
              versionType: tag
              version: -x
              subdirectory: ../..
              credentialSecretRef: {name: x}
            - just text
            """
        let found = findings(text)
        let prefix = "metadata.annotations[vmq.k8s.vernemq.com/plugins]"
        #expect(
            found.contains {
                $0.hasPrefix("\(prefix)[0].versionType") && $0.contains("line 3") && $0.contains("branch")
            }
        )
        #expect(
            found.contains {
                $0.hasPrefix("\(prefix)[1].credentialSecretRef") && $0.contains("line 10")
                    && $0.contains("credentialsSecretRef")
            }
        )
        #expect(found.contains { $0.hasPrefix("\(prefix)[2]") && $0.contains("line 11") })
        let deeper = findings(
            text.replacing("branhc", with: "branch").replacing("credentialSecretRef", with: "credentialsSecretRef")
        )
        for (field, line) in [
            ("[0].applicationName", 1), ("[0].repoURL", 2), ("[1].repoURL", 6), ("[1].version", 8),
            ("[1].subdirectory", 9),
        ] {
            #expect(
                deeper.contains { $0.hasPrefix(prefix + field + ":") && $0.contains("line \(line),") },
                "\(field): \(deeper)"
            )
        }
    }

    @Test(
        "a text that is no list is an error that says so",
        arguments: [
            ("a: b", "must be a list"), ("[", "is not YAML"), ("x", "must be a list"),
            ("- a\n---\n- b", "several documents"),
            ("&a [*a]", "is not YAML"),
        ]
    )
    func notAList(text: String, words: String) {
        #expect(findings(text).contains { $0.contains(words) }, "\(findings(text))")
    }

    @Test("nothing in it asks for nothing", arguments: ["", "[]", "# none yet", "---\n", "null"])
    func empty(text: String) {
        #expect(findings(text) == [])
    }

    @Test("each plugin gets a builder with the broker's OTP release, its volumes and its variables")
    func builders() throws {
        let injected = Injector(version: "1.0.0").inject(try Fixture.named("plugins")).object
        let pod = try #require(injected["spec"]?["template"]?["spec"])
        let containers = try #require(pod["initContainers"]?.arrayValue)
        #expect(
            containers.map { $0["name"] } == ["vernemq-prepare", "vernemq-plugin-my-auth", "vernemq-plugin-bridge2"]
        )
        #expect(containers[1]["image"] == "docker.io/library/erlang:26.2")
        #expect(containers[2]["image"] == "registry.example.org/erlang:26")
        #expect(containers[1]["command"] == ["/bin/sh", "/vernemq-operator/build-plugin"])
        let names = (pod["volumes"]?.arrayValue ?? []).map { $0["name"] }
        #expect(
            names == [
                "data", "vernemq-operator", "vernemq-operator-token", "vernemq-operator-plugins",
                "vernemq-operator-build", "vernemq-operator-git-bridge2",
            ]
        )
        let mounts = (containers[2]["volumeMounts"]?.arrayValue ?? []).map { $0["mountPath"] }
        #expect(
            mounts == [
                "/vernemq/data", "/vernemq-operator", "/vernemq-operator-plugins", "/vernemq-operator-build",
                "/var/run/secrets/vernemq-operator-git", "/etc/passwd",
            ]
        )
        #expect(containers[1]["volumeMounts"]?.arrayValue?.contains { $0["mountPath"] == "/etc/passwd" } == false)
        let broker = try #require(injected.container())
        func value(_ name: JSONValue) -> JSONValue? {
            broker["env"]?.arrayValue?.first { $0["name"] == name }?["value"]
        }
        #expect(value("VMQ_OPERATOR_PLUGINS") == "my_auth,bridge2")
        #expect(value("DOCKER_VERNEMQ_PLUGINS__my_auth") == "on")
        #expect(value("DOCKER_VERNEMQ_PLUGINS__my_auth__path") == "/vernemq-operator-plugins/my_auth")
    }
}
