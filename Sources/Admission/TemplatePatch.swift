import Document

/// The JSON Patch that brings an object's pod template to where the injection wants it, proven before it leaves the house.
enum TemplatePatch {
    private static let template = JSONPointer("spec", "template")

    /// Makes the patch; nil if there is nothing to change.
    ///
    /// - Throws: ``ReviewFault`` if anything but the template differs, or the patch does not do what it should.
    static func make(from object: JSONValue, to target: JSONValue) throws(ReviewFault) -> JSONPatch? {
        guard object != target else { return nil }
        guard let before = object["spec"]?["template"], let after = target["spec"]?["template"] else {
            throw .changedOutsideTemplate
        }
        var expected = object
        expected["spec"]?["template"] = after
        guard expected == target else { throw .changedOutsideTemplate }
        let patch = JSONPatch.difference(from: before, to: after, at: template)
        let result: JSONValue
        do {
            result = try patch.apply(to: object)
        } catch {
            throw .patchDoesNotApply(String(describing: error))
        }
        // The API server decodes into a structure, so the order of members means nothing to it.
        guard result.isEquivalent(to: target) else { throw .patchMissesTarget }
        return patch
    }
}
