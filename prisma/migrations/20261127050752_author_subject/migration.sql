-- AlterTable
ALTER TABLE "authors" ADD COLUMN     "subject" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "authors_subject_index" ON "authors"("subject");
