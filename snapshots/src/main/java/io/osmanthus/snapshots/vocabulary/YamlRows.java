package io.osmanthus.snapshots.vocabulary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Turns the rows of a table into the mappings they stand for. Cells keep their lines. */
final class YamlRows {
    private YamlRows() {}

    /**
     * A row as a mapping of what every row has and of its own cells.
     *
     * @throws ConfigException if the row is no list or longer than the columns
     */
    static MappingNode row(String file, @Nullable Node every, List<String> columns, Node row) {
        if (!(row instanceof SequenceNode sequence)) {
            throw new ConfigException(file, Yaml.line(row), "a row of a table must be a list of cells");
        }
        List<Node> cells = sequence.getValue();
        if (cells.size() > columns.size()) {
            throw new ConfigException(
                    file, Yaml.line(row), "a row of " + cells.size() + " cells under " + columns.size() + " columns");
        }
        List<NodeTuple> tuples = new ArrayList<>();
        if (every instanceof MappingNode common) {
            tuples.addAll(common.getValue());
        }
        Map<String, List<NodeTuple>> nested = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            Node cell = cells.get(i);
            if (notGiven(cell)) {
                continue;
            }
            String column = columns.get(i);
            int dot = column.indexOf('.');
            if (dot < 0) {
                tuples.add(new NodeTuple(key(column, cell), cell));
                continue;
            }
            nested.computeIfAbsent(column.substring(0, dot), ignored -> new ArrayList<>())
                    .add(new NodeTuple(key(column.substring(dot + 1), cell), cell));
        }
        nested.forEach((key, inner) -> tuples.add(new NodeTuple(
                key(key, row),
                new MappingNode(Tag.MAP, true, inner, FlowStyle.FLOW, row.getStartMark(), row.getEndMark()))));
        return new MappingNode(Tag.MAP, true, tuples, FlowStyle.FLOW, row.getStartMark(), row.getEndMark());
    }

    private static boolean notGiven(Node cell) {
        return cell instanceof ScalarNode scalar
                && scalar.getScalarStyle() == ScalarStyle.PLAIN
                && scalar.getValue().equals("~");
    }

    private static ScalarNode key(String name, Node at) {
        return new ScalarNode(Tag.STR, true, name, ScalarStyle.PLAIN, at.getStartMark(), at.getEndMark());
    }
}
