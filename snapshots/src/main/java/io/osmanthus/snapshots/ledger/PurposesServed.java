package io.osmanthus.snapshots.ledger;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The version of its purpose and the recipients that each scene was served with, as a ledger keeps them: for all nodes. */
public final class PurposesServed {
    private PurposesServed() {}

    /** Of one scene. */
    public record Purpose(int version, Set<String> recipients) {
        public Purpose {
            recipients = Set.copyOf(recipients);
        }
    }

    /** By scene. */
    public static Map<String, Purpose> read(Ledger ledger) {
        return ledger.read(connection -> {
            Map<String, Purpose> purposes = new HashMap<>();
            try (PreparedStatement select =
                            connection.prepareStatement("SELECT scene, version, recipients FROM purpose_served");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Array recipients = rows.getArray(3);
                    purposes.put(rows.getString(1), new Purpose(rows.getInt(2), new TreeSet<>(List.of((String[])
                            recipients.getArray()))));
                }
            }
            return purposes;
        });
    }

    /** Keeps them in the place of what was kept of these scenes. */
    public static Act keep(Map<String, Purpose> served) {
        return page -> {
            try (PreparedStatement upsert = page.connection()
                    .prepareStatement("INSERT INTO purpose_served (scene, version, recipients) VALUES (?, ?, ?)"
                            + " ON CONFLICT (scene) DO UPDATE SET version = excluded.version,"
                            + " recipients = excluded.recipients")) {
                for (Map.Entry<String, Purpose> one : served.entrySet()) {
                    upsert.setString(1, one.getKey());
                    upsert.setInt(2, one.getValue().version());
                    upsert.setArray(
                            3,
                            page.connection()
                                    .createArrayOf(
                                            "text", one.getValue().recipients().toArray()));
                    upsert.addBatch();
                }
                upsert.executeBatch();
            }
            return new Act.Outcome(200, new byte[0]);
        };
    }
}
