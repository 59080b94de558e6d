import Document
import Injection
import Testing

@Suite("kubelet's expansion")
struct KubeletExpansionTests {
    static let variables = ["VAR_A": "A", "VAR_B": "B", "VAR_C": "C", "VAR_REF": "$(VAR_A)", "VAR_EMPTY": ""]

    /// The cases of Kubernetes' own test of the algorithm.
    static let cases: [(String, String)] = [
        ("$(VAR_A)", "A"), ("___$(VAR_B)___", "___B___"), ("___$(VAR_C)", "___C"), ("$(VAR_A)___", "A___"),
        ("$(VAR_A)_$(VAR_B)", "A_B"), ("$(VAR_A)$(VAR_B)", "AB"), ("$(VAR_REF)", "$(VAR_A)"),
        ("%%$(VAR_REF)--$(VAR_REF)%%", "%%$(VAR_A)--$(VAR_A)%%"), ("foo$(VAR_EMPTY)bar", "foobar"),
        ("foo$$(VAR_A)bar", "foo$(VAR_A)bar"), ("foo$$$(VAR_A)bar", "foo$Abar"), ("$$", "$"), ("$", "$"), ("$$$", "$$"),
        ("foo_$(VAR_Awhoops!", "foo_$(VAR_Awhoops!"), ("foo_(VAR_Awhoops!", "foo_(VAR_Awhoops!"),
        ("$VAR_A)$VAR_B", "$VAR_A)$VAR_B"), ("$?$(VAR_A", "$?$(VAR_A"), ("$(DOOMED)", "$(DOOMED)"),
        ("$$(DOOMED)", "$(DOOMED)"), ("f000-$(VAR_A", "f000-$(VAR_A"), ("f000-$)", "f000-$)"),
        ("f000-$$(VAR_B)", "f000-$(VAR_B)"),
        ("$()", "$()"), ("\\$(VAR_A)", "\\A"), ("foo\\\\$(VAR_A)bar", "foo\\\\Abar"),
        ("$(VAR_A$(VAR_B))", "$(VAR_A$(VAR_B))"),
        ("$(foo$$bar)", "$(foo$$bar)"), ("é$é", "é$é"), ("$)(", "$)("), ("$$$$(VAR_A)", "$$(VAR_A)"), ("", ""),
    ]

    @Test("expands as Kubernetes does", arguments: cases)
    func expand(text: String, expected: String) {
        #expect(KubeletExpansion.expand(text) { Self.variables[$0] } == expected)
    }

    @Test("escaping is undone exactly, whatever variables there are", arguments: cases)
    func escape(text: String, _: String) {
        #expect(KubeletExpansion.expand(KubeletExpansion.escape(text)) { _ in "no" } == text)
        #expect(KubeletExpansion.references(in: KubeletExpansion.escape(text)).isEmpty)
    }

    @Test("random texts of dollars and parentheses survive", arguments: TestFiles.propertySeeds)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let length = Int.random(in: 0...24, using: &generator)
            let text = (0..<length).map { _ in generator.pick(["$", "$", "(", ")", "A", "é", "\n", "{"]) }.joined()
            #expect(KubeletExpansion.expand(KubeletExpansion.escape(text)) { _ in "no" } == text, "seed \(seed)")
        }
    }

    @Test("kubelet hands every script to the shell as it was written, but for comments and empty lines")
    func scripts() throws {
        let injected = Injector(version: "1.0.0").inject(try Fixture.named("plugins")).object
        let prepare = try #require(injected["spec"]?["template"]?["spec"]?["initContainers"]?[0])
        let arguments = try #require(prepare["args"]?.arrayValue).compactMap(\.stringValue)
        let names = stride(from: 0, to: arguments.count, by: 2).map { arguments[$0] }
        #expect(names == ["common", "prepare", "join", "leave", "build-plugin"])
        for index in names.indices {
            let source = try TestFiles.script(names[index])
            let kept = source.split(separator: "\n").filter { line in
                let text = line.drop { $0 == " " || $0 == "\t" }
                return !text.isEmpty && text.first != "#"
            }
            let expanded = KubeletExpansion.expand(arguments[2 * index + 1]) { _ in "no" }
            #expect(expanded == kept.joined(separator: "\n") + "\n", "\(names[index])")
        }
        let command = try #require(prepare["command"]?.arrayValue).compactMap(\.stringValue)
        #expect(command.prefix(2) == ["/bin/sh", "-c"])
        #expect(command.allSatisfy { KubeletExpansion.references(in: $0).isEmpty })
    }

    @Test("a user's text that reaches our variables is not expanded either")
    func userText() throws {
        let injected = Injector(version: "1.0.0").inject(try Fixture.named("plugins")).object
        let builders = try #require(injected["spec"]?["template"]?["spec"]?["initContainers"]?.arrayValue)
        let url = builders.last?["env"]?.arrayValue?.first { $0["name"] == "VMQ_OPERATOR_PLUGIN_URL" }?["value"]?
            .stringValue
        #expect(KubeletExpansion.expand(url ?? "") { _ in "no" } == "git@git.example.org:team/$(HOME)$bridge.git")
    }
}
