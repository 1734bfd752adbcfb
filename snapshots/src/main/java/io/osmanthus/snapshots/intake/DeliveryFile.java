package io.osmanthus.snapshots.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of a delivery and their columns, in the contract's order. Behind a column's name stands what is asked of it:
 *
 * <pre>
 * !  every row gives it, or is quarantined
 * +  a complete row gives it; a row without counts as incomplete
 * ?  the header may lack it
 * </pre>
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists are unmodifiable
enum DeliveryFile {
    DELIVERY("source! file! provided delivered_on!"),
    PERSONS("person_id! district! enrolled_on!"),
    TOKENS("scheme! token! person_id!"),
    CONSENTS("person_id! scene! granted_on! expires_on evidence"),
    ORGANISATIONS("uscc! name! type district industry registered_on status"),
    RECORDS(
            "record_id! subject_type! subject_id! item! act_id occurred_on! ended_on decided_on quantity severity source!"
                    + " document_no"),
    ARREARS("scene! person_id! since! amount_cents! reference! source!"),
    LIST_ENTRIES("entry_id! list! subject_type! subject_id! entered_on! leaves_on reason legal_basis! source!"),
    COMMITMENTS("commitment_id! uscc! kind! matter+ made_on! decided_on accepted_by+ state! source!"),
    PERMITS(
            "XK_XDR_MC! XK_XDR_LB+ XK_XDR_SHXYM! XK_WSH! XK_XKWS+ XK_XKLB+ XK_XKZS XK_XKBH XK_NR+ XK_JDRQ! XK_YXQZ+ XK_YXQZI+"
                    + " XK_XKJG! XK_XKJGDM+ XK_ZT+ XK_LYDW+ XK_LYDWDM+ SBRQ!?",
            "XK_LYDW",
            "XK_XDR_GSZC XK_XDR_ZZJG XK_XDR_SWDJ XK_XDR_SYDW XK_XDR_SHZZ XK_FRDB XK_FR_SFZH XK_FR_ZJLX XK_FR_ZJHM XK_XDR_ZJLX"
                    + " XK_XDR_ZJHM BZ"),
    PENALTIES(
            "CF_XDR_MC! CF_XDR_LB+ CF_XDR_SHXYM! CF_WSH! CF_WFXW+ CF_SY+ CF_YJ+ CF_CFLB+ CF_NR+ CF_NR_FK CF_NR_WFFF CF_NR_ZKDX"
                    + " CF_JDRQ! CF_YXQ CF_GSJZQ CF_CFJG! CF_CFJGDM+ CF_SJLY+ CF_SJLYDM+ SEVERITY? SBRQ!? BZ?",
            "CF_SJLY",
            "CF_XDR_GSZC CF_XDR_ZZJG CF_XDR_SWDJ CF_XDR_SYDW CF_XDR_SHZZ CF_FRDB CF_FR_SFZH CF_FR_ZJLX CF_FR_ZJHM CF_XDR_ZJLX"
                    + " CF_XDR_ZJHM"),
    ADMINISTRATIVE_ACTS("kind! act_no! uscc! content+ authority! decided_on! published_on+ source!"),
    /** Not facts: what an independent list says should have been disclosed. */
    REFERENCE("authority! document_no!");

    private final String word = name().toLowerCase(Locale.ROOT);
    private final List<String> columns;
    private final List<String> marks;
    private final int sourceColumn;
    private final Set<String> dropped;

    DeliveryFile(String columns) {
        this(columns, "source", "");
    }

    /**
     * A file.
     *
     * @param source the column that names the source
     * @param dropped columns of the national layout that are allowed in the header, and whose fields are not read: they
     *     identify a natural person, or the organisation by another number
     */
    DeliveryFile(String columns, String source, String dropped) {
        List<String> names = new ArrayList<>();
        List<String> wishes = new ArrayList<>();
        for (String column : columns.split(" ", -1)) {
            String name = column.replaceAll("[!+?]", "");
            names.add(name);
            wishes.add(column.substring(name.length()));
        }
        this.columns = List.copyOf(names);
        this.marks = List.copyOf(wishes);
        this.sourceColumn = names.indexOf(source);
        this.dropped = dropped.isEmpty() ? Set.of() : Set.of(dropped.split(" ", -1));
    }

    /** The name without an ending, also of the Parquet file in the snapshot. */
    String word() {
        return word;
    }

    /** The name that stands for all formats. */
    String csv() {
        return word + ".csv";
    }

    List<String> columns() {
        return columns;
    }

    /** Whether a row without it is quarantined. */
    boolean required(int column) {
        return marks.get(column).contains("!");
    }

    /** Whether a row without it is incomplete, but stands. */
    boolean expected(int column) {
        return marks.get(column).contains("+");
    }

    /** Whether the header may lack it. */
    boolean mayLack(int column) {
        return marks.get(column).contains("?");
    }

    /** Whether the header may name the column, whose fields are dropped unread. */
    boolean drops(String column) {
        return dropped.contains(column);
    }

    /** The column that says which source a row comes from, or -1. */
    int sourceColumn() {
        return sourceColumn;
    }

    /** Whether its rows say when they were reported or published, so that one can come late. */
    boolean timed() {
        return this == PERMITS || this == PENALTIES || this == ADMINISTRATIVE_ACTS;
    }

    /** Whether it holds facts, which a snapshot keeps. */
    boolean facts() {
        return this != DELIVERY && this != REFERENCE;
    }

    /** Whether it speaks for persons themselves and therefore needs a channel's signature. */
    boolean signed() {
        return this == PERSONS || this == CONSENTS;
    }

    static @Nullable DeliveryFile of(String word) {
        for (DeliveryFile file : values()) {
            if (file.word.equals(word)) {
                return file;
            }
        }
        return null;
    }
}
