package io.heatsink.quality;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** One parsed source file: its lines, and what stands in its code (not in comments or text). */
final class SourceFile {

  /** Something with a name, from one line to another. */
  record Span(String name, int firstLine, int lastLine) {
    int lines() {
      return lastLine - firstLine + 1;
    }
  }

  final Path path;
  final List<String> lines;
  final List<Span> methods = new ArrayList<>();
  final List<Span> classes = new ArrayList<>();

  /** Every {@code a.b} in the code, as written there. */
  final List<Span> selections = new ArrayList<>();

  final List<Span> locks = new ArrayList<>();

  private SourceFile(Path path, List<String> lines) {
    this.path = path;
    this.lines = lines;
  }

  static SourceFile read(Path path) throws IOException {
    SourceFile file = new SourceFile(path, Files.readAllLines(path));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, problem -> {}, List.of(), null, files.getJavaFileObjects(path));
      for (CompilationUnitTree unit : task.parse()) {
        file.new Scan(unit, Trees.instance(task).getSourcePositions()).scan(unit, null);
      }
    }
    return file;
  }

  /** Walks over one file's tree and notes what is asked for later. */
  private final class Scan extends TreeScanner<@Nullable Void, @Nullable Void> {

    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final LineMap lineMap;

    Scan(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
      this.lineMap = unit.getLineMap();
    }

    private Span span(String name, Tree from, Tree to) {
      int first = (int) lineMap.getLineNumber(positions.getStartPosition(unit, from));
      int last = (int) lineMap.getLineNumber(positions.getEndPosition(unit, to));
      return new Span(name, first, last);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      BlockTree body = method.getBody();
      if (body != null && positions.getEndPosition(unit, body) >= 0) {
        methods.add(span(method.getName().toString(), method, body));
      }
      if (method.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED)) {
        locks.add(span("synchronized", method, method));
      }
      return super.visitMethod(method, null);
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
      classes.add(span(type.getSimpleName().toString(), type, type));
      return super.visitClass(type, null);
    }

    @Override
    public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void nothing) {
      selections.add(span(select.toString(), select, select));
      return super.visitMemberSelect(select, null);
    }

    @Override
    public @Nullable Void visitSynchronized(SynchronizedTree lock, @Nullable Void nothing) {
      locks.add(span("synchronized", lock, lock));
      return super.visitSynchronized(lock, null);
    }
  }
}
