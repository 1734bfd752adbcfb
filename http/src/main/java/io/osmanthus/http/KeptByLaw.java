package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.snapshots.vocabulary.Title;
import java.io.IOException;
import java.util.List;

/** What stays of somebody who has left, why, and how long: said when they leave, and in their export. Stateless. */
final class KeptByLaw {
    private record Kept(Title what, String basis, Title until) {}

    private static final List<Kept> ALL = List.of(
            new Kept(
                    new Title("加入和退出的日期，以假名保存", "The days of enrolling and of leaving, under a pseudonym"),
                    "个人信息保护法 第十五条、第四十七条",
                    new Title(
                            "以便以后的任何报送都不会把您带回来",
                            "So that no later delivery brings you back; as long as this service runs")),
            new Kept(
                    new Title(
                            "变更账中已销毁密钥的密文：任何人都无法读取",
                            "Ciphertext in the ledger whose key has been destroyed: nobody can read it"),
                    "个人信息保护法 第四十七条第二款",
                    new Title("以便账目的完整性可以核验", "So that the ledger can be shown to be whole; as long as it is kept")));

    private KeptByLaw() {}

    /** Writes a list. */
    static void write(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Kept kept : ALL) {
            json.writeStartObject();
            VocabularyJson.title(json, "what", kept.what());
            json.writeStringField("legal_basis", kept.basis());
            VocabularyJson.title(json, "until", kept.until());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
