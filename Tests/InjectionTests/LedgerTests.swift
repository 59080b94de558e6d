import Document
import Injection
import Testing
import VerneMQ

@Suite("The ledger")
struct LedgerTests {
    let injector = Injector(version: "1.0.0")

    static let damage: [(String, String)] = [
        ("", "not JSON"), ("{", "not JSON"), ("[]", "no contract version"), ("{}", "no contract version"),
        (#"{"contract":"1"}"#, "no contract version"), (#"{"contract":0}"#, "contract version 0"),
        (#"{"contract":99}"#, "contract version 99"), (#"{"contract":1}"#, "renderer or container"),
        (#"{"contract":1,"renderer":"x","container":""}"#, "renderer or container"),
        (#"{"contract":1,"renderer":"x","container":"a/b"}"#, "renderer or container"),
        (#"{"contract":1,"renderer":"x","container":"c","surprise":1}"#, "surprise"),
        (#"{"contract":1,"renderer":"x","container":"c","added":[]}"#, "added is not an object"),
        (#"{"contract":1,"renderer":"x","container":"c","added":{"ports":[]}}"#, "a list \"ports\""),
        (#"{"contract":1,"renderer":"x","container":"c","added":{"env":"A"}}"#, "list of names"),
        (#"{"contract":1,"renderer":"x","container":"c","added":{"env":[1]}}"#, "not a string"),
        (#"{"contract":1,"renderer":"x","container":"c","added":{"env":["A"]}}"#, "\"A\""),
        (#"{"contract":1,"renderer":"x","container":"c","added":{"volumes":["data"]}}"#, "\"data\""),
        (#"{"contract":1,"renderer":"x","container":"c","added":{"initContainers":["chown"]}}"#, "\"chown\""),
        (#"{"contract":1,"renderer":"x","container":"c","added":{"volumeMounts":["/vernemq/data"]}}"#, "/vernemq/data"),
        (#"{"contract":1,"renderer":"x","container":"c","added":{"envFrom":["secrets"]}}"#, "secrets"),
        (#"{"contract":1,"renderer":"x","container":"c","wrapped":{}}"#, "wrapped is not a list"),
        (#"{"contract":1,"renderer":"x","container":"c","wrapped":[{"path":"/spec"}]}"#, "incomplete"),
        (#"{"contract":1,"renderer":"x","container":"c","wrapped":[{"path":"spec","is":1}]}"#, "incomplete"),
        (
            #"{"contract":1,"renderer":"x","container":"c","wrapped":[{"path":"/spec/hostNetwork","is":1}]}"#,
            "hostNetwork"
        ),
        (
            #"{"contract":1,"renderer":"x","container":"c","wrapped":[{"path":"/spec/containers/d/startupProbe/periodSeconds","is":1}]}"#,
            "/d/"
        ),
        (#"{"contract":1,"renderer":"x","container":"c","vacant":[{"path":"/spec/volumes","was":[1]}]}"#, "incomplete"),
        (
            #"{"contract":1,"renderer":"x","container":"c","vacant":[{"path":"/spec/containers","was":[]}]}"#,
            "/spec/containers"
        ),
    ]

    @Test(
        "a ledger that is not wholly understood, or reaches beyond an injection, is refused with a remedy",
        arguments: damage
    )
    func damaged(text: String, words: String) {
        let stored = injector.inject(Manifests.persistent).object
        let broken = stored.with {
            $0.edit(["spec", "template", "metadata", "annotations"]) {
                $0["vmq.k8s.vernemq.com/injected"] = .string(text)
            }
        }
        for decision in [
            injector.decide(broken, old: stored), injector.decide(broken, old: nil), injector.strip(broken),
        ] {
            #expect(decision.verdict == .refused)
            #expect(decision.object == broken)
            let finding = decision.findings.first
            #expect(finding?.path == "spec.template.metadata.annotations[vmq.k8s.vernemq.com/injected]")
            #expect(finding?.problem.contains(words) == true, "\(decision.findings)")
            #expect(finding?.remedy.isEmpty == false)
        }
        #expect(injector.validate(broken, old: stored).contains { $0.severity == .error })
        // What was stored broken does not stand in the way of other changes, and mending it is possible.
        #expect(injector.decide(broken.with { $0["spec"]?["replicas"] = 2 }, old: broken).verdict == .kept)
        let mended = injector.decide(stored, old: broken)
        #expect(mended.verdict == .injected)
        #expect(mended.object == stored)
        #expect(mended.findings.contains { $0.severity == .warning })
    }

    @Test("what a ledger says of wrapped values is undone field by field")
    func fieldByField() throws {
        let user = Manifests.persistent.with { object in
            object.editContainer { container in
                container["startupProbe"] = ["exec": ["command": ["a"]], "timeoutSeconds": 7, "periodSeconds": 20]
                container["lifecycle"] = ["preStop": ["exec": ["command": ["b"]]]]
            }
        }
        let stored = injector.inject(user).object
        // He changes one number and his command; the rest goes back to what he had.
        let edited = stored.with { object in
            object.editContainer { container in
                container["startupProbe"]?["periodSeconds"] = 30
                container["lifecycle"]?["preStop"]?["exec"]?["command"] = ["c"]
            }
        }
        let expected = user.with { object in
            object.editContainer { container in
                container["startupProbe"]?["periodSeconds"] = 30
                container["lifecycle"]?["preStop"]?["exec"]?["command"] = ["c"]
            }
        }
        #expect(injector.strip(edited).object == expected)
        #expect(injector.decide(edited, old: stored).object == injector.inject(expected).object)
    }

    @Test("what users leave behind of handlers and probes goes when nothing of theirs is in it")
    func leftovers() {
        let user = Manifests.persistent.with { object in
            object.editContainer { container in
                container["startupProbe"] = ["exec": ["command": ["a"]], "periodSeconds": 20]
                container["livenessProbe"] = ["exec": ["command": ["b"]]]
                container["lifecycle"] = [
                    "postStart": ["exec": ["command": ["c"]]], "preStop": ["exec": ["command": ["d"]]],
                ]
            }
        }
        let stored = injector.inject(user).object
        let dropped = stored.with { object in
            object.editContainer { container in
                container["startupProbe"]?["exec"] = nil
                container["startupProbe"]?["periodSeconds"] = nil
                container["livenessProbe"]?["exec"]?["command"] = nil
                container["livenessProbe"]?["exec"] = nil
                container["lifecycle"]?["postStart"]?["exec"]?["command"] = nil
                container["lifecycle"]?["preStop"]?["exec"] = nil
            }
        }
        #expect(injector.strip(dropped).object == Manifests.persistent)
    }

    @Test("a probe that a merge has put over ours takes the server's defaults for the numbers that it does not name")
    func takenOver() {
        let stored = injector.inject(Manifests.persistent).object
        let merged = stored.with { object in
            object.editContainer { container in
                container["startupProbe"]?["exec"]?["command"] = ["a"]
                container["startupProbe"]?["periodSeconds"] = 7
            }
        }
        #expect(
            injector.strip(merged).object.container()?["startupProbe"]
                == [
                    "exec": ["command": ["a"]], "timeoutSeconds": 1, "periodSeconds": 7, "successThreshold": 1,
                    "failureThreshold": 3,
                ]
        )
        let another = stored.with { $0.editContainer { $0["startupProbe"]?["httpGet"] = ["port": 1] } }
        #expect(injector.strip(another).object.container()?["startupProbe"]?["httpGet"] == ["port": 1])
        #expect(injector.strip(another).object.container()?["startupProbe"]?["exec"] == nil)
        #expect(injector.decide(another, old: stored).verdict == .refused)
    }

    @Test("a variable that users share with us is theirs as soon as they give it a value")
    func sharedVariable() {
        let stored = injector.inject(Manifests.persistent).object
        let source: JSONValue = ["fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.name"]]
        let merged = stored.with { object in
            object.editContainer {
                $0.editElements(["env"]) { if $0["name"] == "MY_POD_NAME" { $0["valueFrom"] = source } }
            }
        }
        let decision = injector.decide(merged, old: stored)
        #expect(decision.verdict == .injected)
        let theirs = decision.object.container()?["env"]?.arrayValue?.filter { $0["name"] == "MY_POD_NAME" }
        #expect(theirs == [["name": "MY_POD_NAME", "valueFrom": source]])
        #expect(ledger(of: decision.object)["skipped"] == ["MY_POD_NAME"])
        let back = decision.object.with { object in
            object.editContainer { container in
                container["env"] = .array((container["env"]?.arrayValue ?? []).filter { $0["name"] != "MY_POD_NAME" })
            }
        }
        #expect(injector.decide(back, old: decision.object).object == stored)
    }
}
