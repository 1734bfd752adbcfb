package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is written and read of nobody takes as many statements, and as much sealing and opening, as of somebody: counted, not timed. */
final class DecoyWorkTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0e".repeat(32));
    private static final Subject KNOWN = new Subject(1, 2);
    private static final Payload PAYLOAD = Payload.of().with("scene", "transit").with("since", "2026-10-01");

    private final Ledger.Place place = Database.fresh();

    private record Work(int statements, long operations) {}

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
    }

    /** What writing one page takes; beginning it not. */
    private Work writing(Consumer<Page> act) throws SQLException {
        AtomicInteger statements = new AtomicInteger();
        Vault vault = new Vault(KEY);
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            Connection counting = (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        statements.addAndGet(method.getName().equals("prepareStatement") ? 1 : 0);
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            Page page = Page.begin(counting, vault, Instant.now());
            act.accept(page);
            int begun = statements.get();
            long before = vault.operations();
            page.write();
            connection.commit();
            return new Work(statements.get() - begun, vault.operations() - before);
        }
    }

    @Test
    void write_ofNobody_asOfSomebodyKnown_orWrittenAboutForTheFirstTime() throws SQLException {
        Ledger.open(place, KEY, InstantSource.system()).close();
        Consumer<Page> known = page -> page.appendPersonal(KNOWN, Kind.ARREARS_ADDED, PAYLOAD, "gate");
        Work first = writing(known);
        Work again = writing(known);
        Work nobody = writing(page -> page.appendDecoy(Kind.ARREARS_ADDED, PAYLOAD, "gate"));
        assertEquals(again, nobody);
        assertEquals(first.statements(), nobody.statements());
        assertTrue(first.operations() - nobody.operations() <= 1, first + " " + nobody);
        Work several = writing(page -> {
            for (int i = 0; i < 5; i++) {
                page.appendDecoy(Kind.ARREARS_ADDED, PAYLOAD, "gate");
            }
        });
        assertEquals(nobody.statements(), several.statements());
        assertEquals(5 * nobody.operations(), several.operations());
    }

    @Test
    void read_ofNobody_asOfSomebody() throws SQLException {
        Ledger.open(place, KEY, InstantSource.system()).close();
        writing(page -> page.appendPersonal(KNOWN, Kind.ARREARS_ADDED, PAYLOAD, "gate"));
        writing(page -> page.appendDecoy(Kind.ARREARS_ADDED, PAYLOAD, "gate"));
        Vault vault = new Vault(KEY);
        ChangeReader reader = new ChangeReader(vault);
        try (Connection connection = connect()) {
            long begun = vault.operations();
            List<Entry> somebodys = reader.after(connection, 0, 1);
            long between = vault.operations();
            List<Entry> nobodys = reader.after(connection, 1, 1);
            assertNotNull(somebodys.get(0).payload());
            assertNull(nobodys.get(0).payload());
            assertTrue(between > begun);
            assertEquals(between - begun, vault.operations() - between);
        }
    }
}
